// The desk: takes files in, watches the work and keeps the page's parts fresh. Everything it
// asks goes to this machine; all that is shown is drawn by the server.

import { takeFiles } from "./files.js";
import { workPanel } from "./jobs.js";
import { byId, call, say } from "./page.js";
import "./tabs.js";

const refresh = () => htmx.trigger(document.body, "desk-changed");

// --- the panel of work -------------------------------------------------------------------

// While work runs nothing else can be started; the parts may be drawn anew meanwhile.
let isHeld = false;
function holdButtons() {
  for (const button of document.querySelectorAll("[data-check], #propose [type=submit]")) {
    button.disabled = isHeld || "waits" in button.dataset;
  }
}
document.addEventListener("htmx:afterSwap", holdButtons);

const panel = workPanel({
  jobs: "/api/v1/jobs",
  kinds: "check,pair",
  hold: (held) => {
    isHeld = held;
    holdButtons();
  },
  over: () => { refresh(); },
});

async function start(kind) {
  const form = new FormData(byId("propose"));
  const asked = {
    kind,
    on: form.get("on") || null,
    unit: form.get("unit") || null,
    datum: form.get("datum"),
    max_changes: form.get("max_changes") ? Number(form.get("max_changes")) : null,
    with_points: form.has("with_points"),
    with_names: form.has("with_names"),
  };
  await panel.start("/api/v1/jobs", asked);
}

// --- taking files in ---------------------------------------------------------------------

const WORKBOOK = /\.(xlsx|xlsm|xls|csv|tsv|txt)$/i;
const isWorkbook = (file) => WORKBOOK.test(file.name) && !/^(~\$|\.)/.test(file.name);

async function take(files, role = "ledger") {
  const wanted = role === "ledger" ? files.filter(isWorkbook) : files;
  const skipped = files.length - wanted.length;
  const refused = [];
  await panel.stop();
  for (const [i, file] of wanted.entries()) {
    panel.show(say("uploading", { done: i + 1, total: wanted.length }), file.name, { done: i, total: wanted.length });
    try {
      const name = encodeURIComponent(file.name);
      await call("POST", `/api/v1/files?name=${name}&role=${role}`, file, "application/octet-stream");
    } catch (error) {
      refused.push(`${file.name}：${error.message}`);
    }
  }
  refresh();
  panel.hide();
  const notes = [];
  if (skipped) notes.push(say("skipped_files", { n: skipped }));
  if (refused.length) notes.push(say("upload_failed") + refused.join("；"));
  if (wanted.length > refused.length) await start("check");
  if (notes.length) note(notes.join(" · "));
}

function note(text) {
  panel.tell(text);
  const line = document.createElement("p");
  line.className = "notice";
  line.textContent = text;
  byId("step-files").prepend(line);
  setTimeout(() => line.remove(), 20000);
}

takeFiles(byId("drop"), (files, input) => take(files, input?.dataset.role));

// --- buttons of the parts, which come and go ---------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.remove) {
    await call("DELETE", `/api/v1/files/${button.dataset.remove}`).catch((e) => panel.end(e.message, true));
    refresh();
    if (byId("files").querySelectorAll("tbody tr").length > 1) start("check");
  } else if ("check" in button.dataset) {
    start("check");
  } else if ("clear" in button.dataset) {
    byId("clear-dialog").showModal();
  } else if (button.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy);
    panel.tell(say("copied"));
    button.textContent = say("copied");
  }
});

byId("clear-dialog").addEventListener("close", async (event) => {
  if (event.target.returnValue !== "clear") return;
  event.target.returnValue = "";
  try {
    await panel.stop();
    await call("DELETE", "/api/v1/files");
    panel.hide();
  } catch (error) {
    panel.end(error.message, true);
  }
  refresh();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "propose") return;
  event.preventDefault();
  start("pair");
});
