// Questions: tells when an answer failed, and lets the drawer close with Escape. All that is
// shown is drawn by the server; everything asked goes to this machine.

const told = document.getElementById("told");

document.addEventListener("htmx:responseError", (event) => {
  let text = String(event.detail.xhr.status);
  try {
    text = JSON.parse(event.detail.xhr.responseText).detail;
  } catch {
    // Not ours: the number must do.
  }
  const target = event.detail.target;
  const place = target?.matches("#why, #others, #noted, .told")
    ? target
    : (event.target.closest(".wishes")?.appendChild(document.createElement("div")) ?? told);
  place.hidden = false;
  const line = document.createElement("p");
  line.className = "notice";
  line.setAttribute("role", "alert");
  line.textContent = text;
  place.replaceChildren(line);
  if (place.id === "why") place.append(closer());
});

// A drawer that tells why there is no answer closes like one that has it.
function closer() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-sm btn-outline-secondary";
  button.textContent = JSON.parse(document.getElementById("form-words").textContent).close;
  button.dataset.close = "";
  return button;
}

function shut(place) {
  if (!place?.childElementCount) return;
  place.replaceChildren();
  opener?.focus();
}

// The drawer: back to the button that opened it.
let opener = null;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.matches("#why [data-close]")) shut(document.getElementById("why"));
  else if (button?.matches(".ask-why, [hx-target='#why']")) opener = button;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") shut(document.getElementById("why"));
});
