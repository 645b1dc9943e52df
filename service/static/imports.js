// Work on a large ledger, read, put on record or taken back: how far it is; when it is over, the
// same address tells what came of it.

import { workPanel } from "./jobs.js";
import { byId } from "./page.js";

function begin() {
  const page = byId("reading");
  if (!page) return;
  workPanel({
    jobs: page.dataset.jobs,
    kinds: page.dataset.kind,
    over: (now) => (now.state === "done" ? location.href : undefined),
  });
}
begin();
document.addEventListener("page-drawn", begin);
