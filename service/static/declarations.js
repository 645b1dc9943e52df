// Declarations: makes a hand-in, takes hand-ins in one by one, copies texts. All that is shown is drawn by the
// server; everything asked goes to this machine.

import { takeFiles } from "./files.js";
import { say } from "./page.js";

const WANTED = /\.(zip|nthandin|xlsx|xlsm|xls|csv)$/i;
const isWanted = (file) => WANTED.test(file.name) && !/^(~\$|\.)/.test(file.name);
const told = document.getElementById("taken");

async function send(file) {
  const address = `/api/v1/declarations?name=${encodeURIComponent(file.name)}`;
  try {
    const answer = await fetch(address, { method: "POST", body: file });
    const document_ = await answer.json();
    if (answer.ok) return document_;
    return { outcome: "refused", reason: `“${file.name}”：${document_.detail}` };
  } catch {
    return { outcome: "refused", reason: `“${file.name}”：${say("lost_server")}` };
  }
}

async function take(files) {
  const wanted = files.filter(isWanted);
  const count = { received: 0, unchanged: 0, refused: 0 };
  const reasons = [];
  for (const [i, file] of wanted.entries()) {
    told.textContent = say("taking", { done: i + 1, total: wanted.length });
    const done = await send(file);
    count[done.outcome] += 1;
    if (done.reason) reasons.push(done.reason);
  }
  const skipped = files.length - wanted.length;
  const lines = [say("taken_n", count)];
  if (skipped) lines.push(say("skipped_files", { n: skipped }));
  told.replaceChildren(...[...lines, ...reasons.map((reason) => say("refused_title") + reason)].map(line));
  htmx.trigger(document.body, "taken");
}

function line(text, i) {
  const paragraph = document.createElement("p");
  paragraph.className = i ? "notice mb-1" : "fw-semibold mb-1";
  paragraph.textContent = text;
  return paragraph;
}

const drop = document.getElementById("drop");
if (drop) {
  takeFiles(drop, take);
  document.getElementById("days").addEventListener("submit", (event) => event.preventDefault());
}

// The hand-in is made by a fetch, which carries our origin, and then downloaded.
document.addEventListener("submit", async (event) => {
  if (event.target.id !== "form") return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target));
  let refusal = say("lost_server");
  try {
    const answer = await fetch("/declaration/hand-in", { method: "POST", body });
    const told = await answer.json();
    if (answer.ok) return location.assign(told.address);
    refusal = told.detail;
  } catch { /* the server is gone: said below */ }
  const place = document.getElementById("refusal");
  place.textContent = refusal;
  place.hidden = false;
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const before = button.textContent;
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = before; }, 2000);
});
