// Proposing on record: begins the work, shows how far it is, stops it, and goes to what it made.

import { byId, call, words } from "./page.js";

const button = byId("propose-now");
let job = null;
if (button) button.disabled = false;  // drawn disabled: without this script it does nothing

function tell(text) {
  byId("work").hidden = true;
  button.disabled = false;
  byId("told").textContent = text;
  byId("told").hidden = !text;
}

function show(now) {
  byId("work").hidden = false;
  button.disabled = true;
  byId("told").hidden = true;
  byId("work-stage").textContent = words[`stage_${now.stage}`] ?? "";
}

function end(now) {
  job = null;
  if (now.state === "done") location.assign("/proposals/newest");
  else tell(now.state === "failed" ? words.propose_failed + now.message : words.propose_cancelled);
}

async function poll(id) {
  try {
    const now = await call("GET", `/api/v1/jobs/${id}`);
    if (now.state !== "running") return end(now);
    show(now);
    setTimeout(poll, 1000, id);
  } catch (error) {
    tell(error.message);
  }
}

button?.addEventListener("click", async () => {
  try {
    job = await call("POST", `/api/v1/units/${button.dataset.unit}/proposals`);
  } catch (error) {
    tell(error.message);
    return;
  }
  show(job);
  const source = new EventSource(`/api/v1/jobs/${job.id}/events`);
  source.addEventListener("job", (event) => {
    const now = JSON.parse(event.data);
    if (now.state === "running") return show(now);
    source.close();
    end(now);
  });
  source.onerror = () => {
    source.close();
    if (job) poll(job.id);
  };
});

byId("work-cancel")?.addEventListener("click", () => {
  if (job) call("DELETE", `/api/v1/jobs/${job.id}`).catch((error) => tell(error.message));
});

// The answer to "why" is read next: go to its heading.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "why") byId("why-heading")?.focus();
});
