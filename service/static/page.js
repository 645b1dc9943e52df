// What the scripts of all pages share: their words, and asking this machine.

export const byId = (id) => document.getElementById(id);
export const words = JSON.parse(byId("words")?.textContent ?? "{}");
export const say = (key, values = {}) =>
  words[key].replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

export async function call(method, address, body, type) {
  let answer;
  try {
    answer = await fetch(address, { method, body, headers: type ? { "Content-Type": type } : {} });
  } catch {
    throw new Error(say("lost_server"));
  }
  const text = await answer.text();
  const told = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(told?.detail ?? String(answer.status));
  return told;
}
