// Forms of every page, sent without leaving it: nothing typed is lost when the line breaks, when
// somebody else was first or when it is refused. What no answer came for may be sent again: it
// carries the same key, and what is on record under a key is not done a second time.

import { LineLost, mine } from "./page.js";

const words = JSON.parse(document.getElementById("form-words").textContent);
const unanswered = new WeakMap();

// --- telling, where one looks ----------------------------------------------------------------

function tell(form, text, acts = []) {
  form.querySelector(":scope > .form-told")?.remove();
  if (!text) return;
  const line = document.createElement("p");
  line.className = "notice form-told";
  line.setAttribute("role", "alert");
  line.append(text);
  for (const [word, act] of acts) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-outline-primary ms-2";
    button.textContent = word;
    button.addEventListener("click", act);
    line.append(button);
  }
  if (form.localName === "main") form.prepend(line);
  else form.append(line);
  line.scrollIntoView({ block: "nearest" });
}

// --- sending -----------------------------------------------------------------------------------

function contentOf(form, submitter) {
  const given = new FormData(form, submitter);
  if ("saidOnly" in form.dataset)  // of thousands of rows only what somebody said
    for (const [name, value] of [...given]) if (value === "") given.delete(name);
  const parts = [...given].map(([name, value]) =>
    [name, value instanceof File ? [value.name, value.size, value.lastModified] : value]);
  const body = form.enctype === "multipart/form-data" ? given : new URLSearchParams(given);
  return { body, mark: JSON.stringify([submitter?.formAction, parts]) };
}

// The key of what was sent before without an answer, if it is the same still; else another.
function keyFor(form, mark) {
  const before = unanswered.get(form);
  const key = before?.mark === mark ? before.key : randomKey();
  unanswered.set(form, { mark, key });
  return key;
}

const randomKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (x) => x.toString(16).padStart(2, "0")).join("");

async function ask(address, options) {
  let answer, text;
  try {
    answer = await fetch(address, options);
    text = await answer.text();
  } catch {
    throw new LineLost();
  }
  if (answer.status === 502 || answer.status === 504) throw new LineLost();
  return { answer, text };
}

async function send(form, submitter) {
  const { body, mark } = contentOf(form, submitter);
  const address = submitter?.hasAttribute("formaction") ? submitter.formAction : form.action;
  const headers = { "Idempotency-Key": keyFor(form, mark), "X-Form-Script": "1" };
  const { answer, text } = await ask(address, { method: "POST", body, headers });
  unanswered.delete(form);
  const next = answer.headers.get("Location");
  if (next) return goTo(next);
  if (answer.headers.get("Content-Type")?.includes("text/html")) return draw(text);
  let told = {};
  try {
    told = JSON.parse(text);
  } catch { /* not ours: the number must do */ }
  refused(form, told, answer.status);
}

// Busy until the next page is there; what is saved as a file leaves this one as it is.
function goTo(next) {
  const to = new URL(next, location.href);
  const isHere = to.pathname + to.search === location.pathname + location.search;
  location.assign(to);
  if (isHere && to.hash) location.reload();
  return new Promise((done) => setTimeout(done, 5000));
}

function refused(form, told, status) {
  if (told.type === "AlreadyDone") return renew(form, words.already, false);
  if (status === 401) {
    return tell(form, words.signed_out, [[words.sign_in, () => open("/signin", "_blank", "noopener")]]);
  }
  const acts = status === 409 || status === 404 ? [[words.renew, () => renew(form, words.renewed, true)]] : [];
  tell(form, told.detail ? mine(told.detail) : `${words.refused} ${status}`, acts);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  tell(form, form.querySelector("input[type=file]") ? words.reading : "");
  try {
    await send(form, event.submitter);
  } catch (error) {
    if (!(error instanceof LineLost)) throw error;
    tell(form, words.unknown);
  } finally {
    form.ariaBusy = "false";
  }
});

// --- the page as it is now -------------------------------------------------------------------

// Draw what came in the place of what was shown; scripts of the page begin again.
function draw(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("main");
  document.querySelector("main").replaceWith(main);
  document.title = page.title;
  htmx.process(main);
  document.dispatchEvent(new Event("page-drawn"));
  main.focus();
  return main;
}

const typedIn = (form) =>
  [...form.elements].filter((field) =>
    field.name && field.type !== "hidden" && field.type !== "file" &&
    (field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field.localName === "select"
        ? !field.selectedOptions[0]?.defaultSelected
        : field.value !== field.defaultValue));

// In a table the same names stand in every row: what was typed belongs to the row that says what
// it said before, or, typed into an empty one, to the first that is empty.
function rowMark(row) {
  const fields = [...row.querySelectorAll("input:not([type=checkbox]), select, textarea")];
  return JSON.stringify(fields.map((field) =>
    field.localName === "select" ? [...field.options].findIndex((option) => option.defaultSelected) : field.defaultValue));
}

function rowsIn(form, mark) {
  return [...form.querySelectorAll("tr")].filter((row) => row.querySelector("[name]") && rowMark(row) === mark);
}

function placeOf(field) {
  const row = field.closest("tr");
  const named = [...field.form.elements].filter((other) => other.name === field.name);
  if (!row || named.every((other) => other.closest("tr") === row)) return {};
  const mark = rowMark(row);
  return { mark, nth: rowsIn(field.form, mark).indexOf(row) };
}

// Put a field's value back; false where its row is not there any more.
function putBack(form, { name, value, checked, mark, nth }) {
  const where = mark === undefined ? form : rowsIn(form, mark)[nth];
  if (!where) return false;
  for (const field of where.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
    if (field.type !== "checkbox" && field.type !== "radio") field.value = value;
    else if (field.value === value || (field.type === "checkbox" && mark !== undefined)) field.checked = checked;
  }
  return true;
}

// Fetch the page anew, and put back what was typed into the form.
async function renew(form, told, keep) {
  const typed = keep
    ? typedIn(form).map((field) => ({ name: field.name, value: field.value, checked: field.checked, ...placeOf(field) }))
    : [];
  const { pathname } = new URL(form.action);
  let page;
  try {
    page = await ask(location.href, { headers: { Accept: "text/html" } });
  } catch {
    return tell(form, words.line_lost);
  }
  const main = draw(page.text);
  const again = [...main.querySelectorAll("form[method=post]")]
    .find((other) => new URL(other.action).pathname === pathname);
  const lost = again ? typed.filter((one) => !putBack(again, one)).map((one) => one.value).filter(Boolean) : [];
  if (lost.length) told += ` ${words.row_gone}${lost.join("、")}`;
  for (let fold = again?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  tell(again && keep ? again : main, told);
}

// --- parts of a page that are fetched --------------------------------------------------------

document.addEventListener("htmx:sendError", (event) => {
  const place = event.detail.target ?? event.target;
  const near = event.target.closest("form, .wishes") ?? place;
  tell(near, words.line_lost);
});
