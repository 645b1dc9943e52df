// Proposing on record: begins the work, shows how far it is whoever began it, and goes to what it made.

import { workPanel } from "./jobs.js";
import { byId } from "./page.js";

function begin() {
  const button = byId("propose-now");
  if (!button) return;
  const panel = workPanel({
    jobs: "/api/v1/jobs",
    kinds: "propose",
    hold: (held) => { button.disabled = held; },  // drawn disabled: without this script it does nothing
    over: (now) => (now.state === "done" ? "/proposals/newest" : undefined),
  });
  button.addEventListener("click", () => panel.start(`/api/v1/units/${button.dataset.unit}/proposals`));
}
begin();
document.addEventListener("page-drawn", begin);

// The answer to "why" is read next: go to its heading.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "why") byId("why-heading")?.focus();
});
