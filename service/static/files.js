// Files for a page that takes them: chosen, or dropped anywhere on it, folders with all that is in them.

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

// `drop` is what shows that files may be let go; `take` gets the files, and the field they were chosen in.
export function takeFiles(drop, take) {
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
    take(files, input);
  });
}
