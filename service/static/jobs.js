// Work that goes on elsewhere, in the panel of a page: watched and stopped by whoever looks at it.
// Where the line breaks the events begin again by themselves, or we ask every second: the work goes
// on meanwhile, and its end is told whenever the line is back.

import { byId, call, LineLost, mine, say } from "./page.js";

const ASK_AGAIN_MS = 1000;
const SILENT_MS = 40_000;  // two beats of the server were not heard

// `kinds` are those this page tells of, `hold` what cannot be begun meanwhile, `news` numbers beside
// the stage; `over` says what follows a job that ended: an address to go to, or words to tell.
export function workPanel({ jobs, kinds, hold = () => {}, news = () => {}, over }) {
  const work = byId("work");
  let job = null;
  let source = null;
  let told = "";

  // Read aloud, each thing once.
  function tell(text) {
    if (text !== told) byId("told").textContent = told = text;
  }

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
    const stop = byId("work-cancel");
    const hadFocus = document.activeElement === stop;
    stop.hidden = ended || !job;
    byId("work-dismiss").hidden = !ended;
    if (hadFocus && stop.hidden) byId("work-dismiss").focus();
  }

  function end(text, failed) {
    job = null;
    show(text, "", { ended: true, failed });
    tell(text);
    hold(false);
  }

  function showJob(now) {
    if (!job || now.id !== job.id) return;
    if (now.state !== "running") {
      source?.close();
      job = null;
      hold(false);
      const next = over(now);
      if (now.state === "done" && !next) {
        work.hidden = true;
        tell(say(`job_done_${now.kind}`));
      } else if (next) location.assign(next);
      else if (now.state === "failed") end(say("job_failed") + mine(now.message), true);
      else end(say("job_cancelled"), false);
      return;
    }
    job = now;
    hold(true);
    const stage = now.is_stopping ? say("job_stopping") : now.stage ? say(`stage_${now.stage}`) : say("job_waiting");
    show(say(`job_${now.kind}`), stage + (now.total > 1 ? ` ${now.done}/${now.total}` : ""), now);
    tell(`${say(`job_${now.kind}`)} · ${stage}`);
    news(now.news);
  }

  function lost() {
    byId("work-stage").textContent = say("job_line_lost");
    tell(say("job_line_lost"));
  }

  // Ask once, and listen again when there is an answer; else ask again.
  async function poll(id) {
    source?.close();
    if (job?.id !== id) return;
    try {
      watch(await call("GET", `/api/v1/jobs/${id}`));
    } catch (error) {
      if (!(error instanceof LineLost)) return end(error.message, true);
      lost();
      setTimeout(poll, ASK_AGAIN_MS, id);
    }
  }

  function watch(started) {
    source?.close();
    job = started;
    showJob(started);
    if (!job) return;
    const { id } = started;
    const events = (source = new EventSource(`/api/v1/jobs/${id}/events`));
    let silence = 0;
    const heard = () => {
      clearTimeout(silence);
      if (!work.isConnected) { // another page was drawn in the place of this one, with a panel of its own
        job = null;
        return events.close();
      }
      silence = setTimeout(() => { if (source === events) poll(id); }, SILENT_MS);
    };
    heard();
    events.addEventListener("beat", heard);
    events.addEventListener("job", (event) => {
      heard();
      showJob(JSON.parse(event.data));
    });
    events.onerror = () => {
      if (job?.id !== id) return events.close();
      lost();
      if (events.readyState === EventSource.CLOSED) setTimeout(poll, ASK_AGAIN_MS, id);
    };
  }

  async function start(address, asked) {
    try {
      watch(await call("POST", address, asked && JSON.stringify(asked), asked && "application/json"));
    } catch (error) {
      end(error.message, true);
      look(); // what stands in the way may be a colleague's: it is shown, and can be stopped
    }
  }

  async function stop() {
    if (!job) return;
    try {
      showJob(await call("DELETE", `${jobs}/${job.id}`));
    } catch (error) {
      if (job) byId("work-stage").textContent = error.message;
    }
  }

  // Work that a colleague began, or this officer in another window, shows when one comes back.
  async function look() {
    if (document.visibilityState !== "visible" || job || !work.isConnected) return;
    const now = await call("GET", `/api/v1/jobs?kinds=${kinds}`).catch(() => null);
    if (now && !job) watch(now);
  }

  byId("work-dismiss").addEventListener("click", () => { work.hidden = true; });
  byId("work-cancel").addEventListener("click", stop);
  document.addEventListener("visibilitychange", look);
  addEventListener("focus", look);
  addEventListener("offline", () => { if (job) poll(job.id); });

  // A page loaded again: tell of the work that goes on, or that failed.
  const last = work.dataset.job ? JSON.parse(work.dataset.job) : null;
  if (last?.state === "running") watch(last);
  else if (last?.state === "failed") end(say("job_failed") + mine(last.message), true);
  else hold(false);

  return { show, end, tell, start, stop, hide: () => { work.hidden = true; }, isAtWork: () => Boolean(job) };
}
