// The round: watches its work with cost and bound, takes files in, tries moves by dragging. All
// that is shown is drawn by the server; everything asked goes to this machine.

import { workPanel } from "./jobs.js";
import { byId, call, say } from "./page.js";
import "./tabs.js";

const isChinese = document.documentElement.lang.startsWith("zh");

// --- the panel of work ---------------------------------------------------------------------

const AFTER = { round_plan: "/round/plan", round_replan: "/round/again", round_choose: "/round/publish" };

let panel;
function begin() {
  panel = workPanel({
    jobs: "/api/v1/rounds/jobs",
    kinds: Object.keys(AFTER).join(","),
    hold: (held) => {
      for (const button of document.querySelectorAll("button[data-job]")) button.disabled = held;
    },
    news: (told) => drawSteps(told.steps ?? []),
    over: (now) => (now.state === "done" ? AFTER[now.kind] : undefined),
  });
}
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-job]");
  if (!button) return;
  const asked = { kind: button.dataset.job };
  const form = byId("again");
  if (asked.kind === "round_replan" && form) {
    const typed = new FormData(form);
    asked.on = typed.get("on");
    asked.withdrawn = typed.getAll("withdrawn");
  }
  if (button.dataset.number) asked.number = Number(button.dataset.number);
  await panel.start("/api/v1/rounds/jobs", asked);
  byId("work").scrollIntoView({ block: "center" });
});

// --- cost and bound, as they converge ------------------------------------------------------

function drawSteps(steps) {
  byId("converging").hidden = !steps.length;
  if (!steps.length) return;
  const last = new Map(steps.map((step) => [step.name, step]));
  byId("levels").replaceChildren(...[...last.values()].map(levelLine));
  const named = steps.at(-1).name;
  drawChart(steps.filter((step) => step.name === named));
}

function levelLine(step) {
  const line = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = isChinese ? step.zh : step.en;
  const value = document.createElement("strong");
  value.textContent = `${step.value} ${isChinese ? step.unit : step.short}`;
  const bound = document.createElement("span");
  bound.className = "hint";
  const proven = step.bound !== null && step.bound >= step.value;
  bound.textContent = `${say("round_bound")} ${step.bound ?? "—"} ${proven ? "✓ " + say("round_proven") : say("round_not_proven")}`;
  line.append(name, " ", value, " ", bound);
  return line;
}

const SVG = "http://www.w3.org/2000/svg";
const make = (name, facts, text = "") => {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(facts)) node.setAttribute(key, value);
  node.textContent = text;
  return node;
};

// The two lines of the level being settled: what is reached comes down, the bound goes up.
function drawChart(steps) {
  const chart = byId("chart");
  const counts = steps.flatMap((step) => [step.value, step.bound ?? step.value]);
  const [low, high] = [Math.min(...counts), Math.max(...counts)];
  const began = steps[0].at;
  const until = Math.max(steps.at(-1).at - began, 0.1);
  const x = (at) => 8 + (220 * (at - began)) / until;
  const y = (count) => (high === low ? 55 : 92 - (74 * (count - low)) / (high - low));
  const line = (name, of) => {
    const points = steps.filter((step) => of(step) !== null).map((step) => `${x(step.at)},${y(of(step))}`);
    if (points.length === 1) points.push(`228,${points[0].split(",")[1]}`);
    return make("polyline", { class: name, points: points.join(" ") });
  };
  const end = steps.at(-1);
  chart.replaceChildren(
    make("line", { class: "axis", x1: 8, y1: 100, x2: 232, y2: 100 }),
    line("cost", (step) => step.value),
    line("bound", (step) => step.bound),
    make("text", { class: "cost", x: 236, y: y(end.value) - 3 }, `${say("round_value")} ${end.value}`),
    make("text", { class: "bound", x: 236, y: y(end.bound ?? end.value) + 13 }, `${say("round_bound")} ${end.bound ?? "—"}`),
  );
}

// --- declarations, taken at once; other files, shown before they are taken -----------------

const worded = (finding) => (isChinese ? finding.message_zh : finding.message_en);
const placed = (finding) => (finding.row ? `${finding.row}：` : "") + worded(finding);

document.addEventListener("change", (event) => {
  const what = event.target.dataset?.take;
  if (!what || !event.target.files.length) return;
  const files = [...event.target.files];
  event.target.value = "";
  if (what === "declarations") takeForms(files);
  else lookAhead(what, files[0], event.target);
});

async function takeForms(files) {
  const refused = [];
  for (const [i, file] of files.entries()) {
    panel.show(say("uploading", { done: i + 1, total: files.length }), file.name);
    try {
      const told = await send(`/api/v1/declarations?name=${encodeURIComponent(file.name)}`, file);
      if (told.reason) refused.push(told.reason);
    } catch (error) {
      refused.push(`${file.name}：${error.message}`);
    }
  }
  if (refused.length) panel.end(say("round_drop_refused") + refused.join("；"), true);
  else location.reload();
}

const send = (address, file) => call("POST", address, file, "application/octet-stream");

async function lookAhead(what, file, from) {
  const address = `/api/v1/rounds/files?what=${what}&name=${encodeURIComponent(file.name)}`;
  panel.show(say("uploading", { done: 1, total: 1 }), file.name);
  let told;
  try {
    told = await send(`${address}&preview=true`, file);
  } catch (error) {
    const named = error.message.includes(file.name) ? error.message : `${file.name}：${error.message}`;
    return panel.end(say("round_drop_refused") + named, true);
  }
  const wrong = told.findings.filter((finding) => finding.severity !== "INFO").map(placed);
  if (!told.changed) return panel.end([say("round_ahead_same", { name: file.name }), ...wrong].join("；"), Boolean(wrong.length));
  panel.hide();
  drawAhead(file.name, told, wrong);
  byId("ahead-take").onclick = () => takeAhead(`${address}&seen=${told.seen}`, file);
  byId("ahead-leave").onclick = () => byId("ahead").close();
  byId("ahead").onclose = () => from.focus();
  byId("ahead").showModal();
}

function drawAhead(name, told, wrong) {
  byId("ahead-title").textContent = say("round_ahead", { name, n: told.changed });
  byId("ahead-told").hidden = true;
  byId("ahead-findings").replaceChildren(...wrong.map((text) => cell("li", text)));
  byId("ahead-changes").replaceChildren(...told.changes.map(({ what, before, now }) => {
    const row = document.createElement("tr");
    const head = cell("th", what);
    head.scope = "row";
    row.append(head, cell("td", before || say("round_ahead_none"), "before"), cell("td", now || say("round_ahead_none"), "after"));
    return row;
  }));
  const more = byId("ahead-more");
  more.hidden = told.changed === told.changes.length;
  more.textContent = say("round_ahead_more", { n: told.changes.length });
}

function cell(kind, text, name = "") {
  const made = document.createElement(kind);
  made.className = name;
  made.textContent = text;
  return made;
}

async function takeAhead(address, file) {
  const button = byId("ahead-take");
  button.disabled = true;
  try {
    await send(address, file);
    location.reload();
  } catch (error) {
    byId("ahead-told").hidden = false;
    byId("ahead-told").textContent = error.message;
  } finally {
    button.disabled = false;
  }
}

// --- dragging a unit to another day or team ------------------------------------------------

let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".entry[draggable]") ?? null;
  if (dragged) event.dataTransfer.setData("text/plain", dragged.dataset.unit);
});
document.addEventListener("dragover", (event) => {
  const cell = event.target.closest?.("td[data-day]");
  if (!dragged || !cell) return;
  event.preventDefault();
  for (const other of document.querySelectorAll("td.over")) other.classList.remove("over");
  cell.classList.add("over");
});
document.addEventListener("drop", async (event) => {
  const cell = event.target.closest?.("td[data-day]");
  if (!dragged || !cell) return;
  event.preventDefault();
  cell.classList.remove("over");
  const { unit, day } = dragged.dataset;
  const asked = new URLSearchParams({ unit, first: cell.dataset.day, team: cell.dataset.team, grabbed: day });
  await htmx.ajax("GET", `/round/unit?unit=${unit}`, "#one");
  await htmx.ajax("GET", `/round/try?${asked}`, "#tried");
  byId("tried")?.scrollIntoView({ block: "nearest" }); // what breaks, on a low screen too
  dragged = null;
});

// The panel of a unit that is chosen takes the focus, wherever it stands; Escape goes back to
// where it was chosen. Without this it opens out of sight on a low screen, and by the keyboard it
// comes after every other entry.
let chosenFrom = null;
document.addEventListener("htmx:afterSwap", (event) => {
  const from = event.detail.requestConfig?.elt?.closest?.("[hx-target='#one']");
  if (event.detail.target?.id !== "one" || !from) return;
  chosenFrom = from;
  byId("one").querySelector("h3")?.focus();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest?.("#one") && chosenFrom?.isConnected) chosenFrom.focus();
});

// A refusal to draw a part is told where the part would be.
document.addEventListener("htmx:responseError", (event) => {
  const place = byId("tried") ?? byId("one");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "notice";
  try {
    line.textContent = JSON.parse(event.detail.xhr.responseText).detail;
  } catch {
    line.textContent = say("lost_server");
  }
  place.replaceChildren(line);
});

const focusPanel = () => byId("one")?.querySelector("h3")?.focus({ preventScroll: true });
const afterLoad = (act) => { // the browser goes to the place in the address last, and takes the focus
  if (document.readyState === "complete") act();
  else addEventListener("load", () => setTimeout(act), { once: true });
};

// The calendar opens on the unit that is chosen, else on its first day with a session; after an
// act one reads on where one was.
function openCalendar() {
  const unit = new URLSearchParams(location.search).get("unit");
  const entries = [...document.querySelectorAll("#calendar .entry")];
  const chosen = entries.filter((entry) => entry.dataset.unit === unit);
  for (const entry of chosen) entry.classList.add("chosen");
  if (chosen.length && location.hash === "#table") afterLoad(focusPanel);
  const first = chosen[0] ?? entries[0];
  if (first) first.closest(".scroll").scrollTop = Math.max(0, first.closest("tr").offsetTop - 60);
}

// Last of all: work that goes on already is shown at once, with everything above. A page without
// a panel of work, as that of a new feed, may be drawn in the place of this one.
function open() {
  openCalendar();
  if (byId("work")) begin();
}
open();
document.addEventListener("page-drawn", open);
