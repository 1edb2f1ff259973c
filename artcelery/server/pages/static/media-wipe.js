// Two pictures that are compared can also lie over one another: a slider says how much of the first is seen.

const comparing = document.querySelector("[data-compare][data-wipes]");

function control() {
  const label = Object.assign(document.createElement("label"), { className: "wipe-control" });
  const slider = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50 });
  label.append("How much of A is seen", slider);
  slider.addEventListener("input", () => wipe(slider.value));
  return label;
}

function wipe(percent) {
  comparing.style.setProperty("--wiped", `${percent}%`);
  const slider = document.querySelector(".wipe-control input");
  if (slider) slider.value = percent;
}

/** Two buttons, of which one is pressed. */
function choice(slider) {
  const group = Object.assign(document.createElement("div"), { className: "row ways-of-comparing" });
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "How they are compared");
  const buttons = ["Side by side", "Wipe"].map((words) => {
    const button = Object.assign(document.createElement("button"), { className: "button is-quiet", textContent: words });
    button.type = "button";
    button.addEventListener("click", () => turn(button === buttons[1]));
    return button;
  });
  const turn = (isWiping) => {
    comparing.classList.toggle("is-wiping", isWiping);
    slider.hidden = !isWiping;
    buttons.forEach((button, at) => button.setAttribute("aria-pressed", String(isWiping === (at === 1))));
  };
  group.append(...buttons);
  turn(false);
  return group;
}

function drag(event) {
  if (!comparing.classList.contains("is-wiping") || (event.type === "pointermove" && !event.buttons)) return;
  const box = comparing.querySelector(".mat").getBoundingClientRect();
  if (event.clientY < box.top || event.clientY > box.bottom) return;
  event.preventDefault();
  wipe(Math.round(Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1) * 100));
}

if (comparing) {
  const slider = control();
  comparing.before(choice(slider), slider);
  wipe(50);
  for (const kind of ["pointerdown", "pointermove"]) comparing.addEventListener(kind, drag);
  comparing.addEventListener("dragstart", (event) => event.preventDefault());
}
