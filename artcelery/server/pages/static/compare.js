// Before and after in one place, with a slider between them; without this they stand beside each other.
// Of two films, the second does what the first does.

function compare(place) {
  const slider = place.querySelector('input[type="range"]');
  if (!slider || "on" in place.dataset) return;
  place.dataset.on = "";
  slider.closest("[hidden]").hidden = false;
  const show = () => place.style.setProperty("--at", `${slider.value}%`);
  slider.value = 50;
  slider.addEventListener("input", show);
  show();
  const [first, second] = place.querySelectorAll("video");
  if (second) keepTogether(first, second);
  drag(place.querySelector(".compare-both"), slider, !second);
}

/** Have a picture be wiped by pointing into it as well. */
function drag(mat, slider, isStill) {
  if (!isStill) return;
  const to = (event) => {
    const box = mat.getBoundingClientRect();
    slider.value = ((event.clientX - box.left) / box.width) * 100;
    slider.dispatchEvent(new Event("input"));
  };
  mat.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    mat.setPointerCapture(event.pointerId);
    to(event);
  });
  mat.addEventListener("pointermove", (event) => event.buttons && to(event));
}

const TOGETHER_S = 0.05;

function keepTogether(first, second) {
  const align = () => {
    if (Math.abs(second.currentTime - first.currentTime) > TOGETHER_S) second.currentTime = first.currentTime;
  };
  first.addEventListener("play", () => second.play().catch(() => {}));
  first.addEventListener("pause", () => {
    second.pause();
    align();
  });
  first.addEventListener("seeked", align);
  first.addEventListener("ratechange", () => (second.playbackRate = first.playbackRate));
}

function compareAll() {
  document.querySelectorAll("[data-compare]").forEach(compare);
}

compareAll();
new MutationObserver(compareAll).observe(document.getElementById("main"), { childList: true, subtree: true });
