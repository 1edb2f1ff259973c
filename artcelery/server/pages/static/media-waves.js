// Waveforms show where their sound or film is, and lead to where they are clicked.

const SVG = "http://www.w3.org/2000/svg";

function playerOf(wave) {
  return wave.closest("figure, .file-look")?.querySelector("audio, video") ?? null;
}

function follow(wave) {
  const player = playerOf(wave);
  const svg = wave.querySelector("svg");
  if (!player || !svg) return;
  const { width, height } = svg.viewBox.baseVal;
  const hand = document.createElementNS(SVG, "line");
  hand.setAttribute("y2", height);
  svg.append(hand);
  const show = () => {
    const at = String(player.duration ? (player.currentTime / player.duration) * width : 0);
    hand.setAttribute("x1", at);
    hand.setAttribute("x2", at);
  };
  for (const kind of ["timeupdate", "seeking", "loadedmetadata"]) player.addEventListener(kind, show);
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    if (player.duration) player.currentTime = ((event.clientX - box.left) / box.width) * player.duration;
  });
  show();
}

function followAll() {
  for (const wave of document.querySelectorAll("[data-waveform]:not(.is-followed)")) {
    wave.classList.add("is-followed");
    follow(wave);
  }
}

followAll();
document.addEventListener("htmx:afterSettle", followAll);
