// The reading of a large ledger: how far it is; when it is over, the same address tells what came of it.

import { workPanel } from "./jobs.js";
import { byId } from "./page.js";

function begin() {
  if (!byId("reading")) return;
  workPanel({
    jobs: "/imports/read",
    kinds: "import_read",
    over: (now) => (now.state === "done" ? location.href : undefined),
  });
}
begin();
document.addEventListener("page-drawn", begin);
