// The desk: takes files in, watches the work and keeps the page's parts fresh. Everything it
// asks goes to this machine; all that is shown is drawn by the server.

import { byId, call, say } from "./page.js";
import "./tabs.js";

const refresh = () => htmx.trigger(document.body, "desk-changed");

// --- the panel of work -------------------------------------------------------------------

const work = byId("work");
let job = null;

function show(title, stage = "", { done = 0, total = 0, ended = false, failed = false } = {}) {
  work.hidden = false;
  work.classList.toggle("failed", failed);
  byId("work-title").textContent = title;
  byId("work-stage").textContent = stage;
  const bar = byId("work-progress");
  bar.hidden = ended;
  if (total) {
    bar.max = total;
    bar.value = done;
  } else {
    bar.removeAttribute("value");
  }
  byId("work-cancel").hidden = ended || !job;
  byId("work-dismiss").hidden = !ended;
}

// While work runs nothing else can be started; the parts may be drawn anew meanwhile.
function holdButtons() {
  for (const button of document.querySelectorAll("[data-check], #propose [type=submit]")) {
    button.disabled = Boolean(job) || "waits" in button.dataset;
  }
}
document.addEventListener("htmx:afterSwap", holdButtons);

function tell(text) {
  byId("told").textContent = text;
}

function showEnd(text, failed) {
  show(text, "", { ended: true, failed });
  tell(text);
}

byId("work-dismiss").addEventListener("click", () => { work.hidden = true; });
byId("work-cancel").addEventListener("click", () => {
  if (job) call("DELETE", `/api/v1/jobs/${job.id}`).catch((error) => showEnd(error.message, true));
});

function showJob(now) {
  if (now.state !== "running") job = null;
  holdButtons();
  if (now.state === "running") {
    const stage = now.stage ? say(`stage_${now.stage}`) : "";
    const count = now.total > 1 ? ` ${now.done}/${now.total}` : "";
    show(say(`job_${now.kind}`), stage + count, now);
    return;
  }
  if (now.state === "done") {
    work.hidden = true;
    tell(say(`job_done_${now.kind}`));
  } else {
    const failed = now.state === "failed";
    showEnd(failed ? say("job_failed") + now.message : say(`job_${now.state}`), failed);
  }
  refresh();
}

// Server-sent events; where they break, ask again every second.
function watch(started) {
  job = started;
  showJob(started);
  tell(say(`job_${started.kind}`));
  const source = new EventSource(`/api/v1/jobs/${started.id}/events`);
  source.addEventListener("job", (event) => {
    const now = JSON.parse(event.data);
    if (now.state !== "running") source.close();
    showJob(now);
  });
  source.onerror = () => {
    source.close();
    if (job) poll(started.id);
  };
}

async function poll(id) {
  try {
    const now = await call("GET", `/api/v1/jobs/${id}`);
    showJob(now);
    if (now.state === "running") setTimeout(poll, 1000, id);
  } catch (error) {
    job = null;
    showEnd(error.message, true);
  }
}

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
  try {
    watch(await call("POST", "/api/v1/jobs", JSON.stringify(asked), "application/json"));
  } catch (error) {
    showEnd(error.message, true);
  }
}

// --- taking files in ---------------------------------------------------------------------

const WORKBOOK = /\.(xlsx|xlsm|xls|csv|tsv|txt)$/i;
const isWorkbook = (file) => WORKBOOK.test(file.name) && !/^(~\$|\.)/.test(file.name);

async function take(files, role = "ledger") {
  const wanted = role === "ledger" ? files.filter(isWorkbook) : files;
  const skipped = files.length - wanted.length;
  const refused = [];
  if (job) await call("DELETE", `/api/v1/jobs/${job.id}`).catch(() => {});
  job = null;
  for (const [i, file] of wanted.entries()) {
    show(say("uploading", { done: i + 1, total: wanted.length }), file.name, { done: i, total: wanted.length });
    try {
      const name = encodeURIComponent(file.name);
      await call("POST", `/api/v1/files?name=${name}&role=${role}`, file, "application/octet-stream");
    } catch (error) {
      refused.push(`${file.name}：${error.message}`);
    }
  }
  refresh();
  work.hidden = true;
  const notes = [];
  if (skipped) notes.push(say("skipped_files", { n: skipped }));
  if (refused.length) notes.push(say("upload_failed") + refused.join("；"));
  if (wanted.length > refused.length) await start("check");
  if (notes.length) note(notes.join(" · "));
}

function note(text) {
  tell(text);
  const line = document.createElement("p");
  line.className = "notice";
  line.textContent = text;
  byId("step-files").prepend(line);
  setTimeout(() => line.remove(), 20000);
}

async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((good, bad) => entry.file(good, bad))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((good, bad) => reader.readEntries(good, bad));
    if (!some.length) return found;
    for (const inner of some) found.push(...(await filesIn(inner)));
  }
}

const drop = byId("drop");
for (const kind of ["dragenter", "dragover"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", async (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = entries.length
    ? (await Promise.all(entries.map(filesIn))).flat()
    : [...event.dataTransfer.files];
  if (files.length) take(files);
});

document.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "file" || !input.files.length) return;
  const files = [...input.files];
  input.value = "";
  take(files, input.dataset.role ?? "ledger");
});

// --- buttons of the parts, which come and go ---------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.remove) {
    await call("DELETE", `/api/v1/files/${button.dataset.remove}`).catch((e) => showEnd(e.message, true));
    refresh();
    if (byId("files").querySelectorAll("tbody tr").length > 1) start("check");
  } else if ("check" in button.dataset) {
    start("check");
  } else if ("clear" in button.dataset) {
    byId("clear-dialog").showModal();
  } else if (button.dataset.copy) {
    await navigator.clipboard.writeText(button.dataset.copy);
    tell(say("copied"));
    button.textContent = say("copied");
  }
});

byId("clear-dialog").addEventListener("close", async (event) => {
  if (event.target.returnValue !== "clear") return;
  event.target.returnValue = "";
  try {
    if (job) await call("DELETE", `/api/v1/jobs/${job.id}`);
    job = null;
    await call("DELETE", "/api/v1/files");
    work.hidden = true;
  } catch (error) {
    showEnd(error.message, true);
  }
  refresh();
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "propose") return;
  event.preventDefault();
  start("pair");
});

// --- a page loaded again: tell of the work that goes on, or how it ended ------------------

const last = work.dataset.job ? JSON.parse(work.dataset.job) : null;
if (last?.state === "running") watch(last);
else if (last && last.state !== "done") showJob(last);
