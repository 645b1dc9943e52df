// What the scripts of all pages share: their words, and asking this machine.

export const byId = (id) => document.getElementById(id);
export const words = JSON.parse(byId("words")?.textContent ?? "{}");
export const say = (key, values = {}) =>
  words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

// What was said in both languages, “中文 / English”, in the one of this page.
export function mine(text) {
  const between = text.lastIndexOf(" / ");
  if (between < 0) return text;
  return document.documentElement.lang === "en" ? text.slice(between + 3) : text.slice(0, between);
}

// Nobody answered: whether what was asked was done is not known.
export class LineLost extends Error {}

export async function call(method, address, body, type) {
  let answer, text;
  try {
    answer = await fetch(address, { method, body, headers: type ? { "Content-Type": type } : {} });
    text = await answer.text();
  } catch {
    throw new LineLost(say("lost_server"));
  }
  if (answer.status === 502 || answer.status === 504) throw new LineLost(say("lost_server"));
  let told = null;
  try {
    told = text ? JSON.parse(text) : null;
  } catch { /* not ours: the number must do */ }
  if (!answer.ok) throw new Error(told?.detail ?? String(answer.status));
  return told;
}
