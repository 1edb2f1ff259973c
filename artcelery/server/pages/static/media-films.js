// Films in a grid play without sound while they are pointed at or have the focus, unless less motion is wanted.

const REST_MS = 150;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let playing = null;
let timer = 0;

/** What shows a film: a player, or for pictures that move (GIF and the like) a picture. */
function film({ plays, type }) {
  if (type.startsWith("image/")) return Object.assign(new Image(), { src: plays, alt: "" });
  const player = document.createElement("video");
  player.tabIndex = -1;
  player.setAttribute("aria-hidden", "true");
  return Object.assign(player, { src: plays, muted: true, loop: true, playsInline: true, autoplay: true });
}

function play(look) {
  const shown = film(look.dataset);
  shown.classList.add("moving");
  for (const kind of ["playing", "load"]) shown.addEventListener(kind, () => look.classList.add("plays"), { once: true });
  look.append(shown);
  playing = look;
}

function stop() {
  clearTimeout(timer);
  const shown = playing?.querySelector(".moving");
  shown?.removeAttribute("src"); // what is still being loaded is not needed any more
  shown?.load?.();
  shown?.remove();
  playing?.classList.remove("plays");
  playing = null;
}

function turnTo(event) {
  const look = event.target instanceof Element ? event.target.closest(".tile")?.querySelector("[data-plays]") : null;
  if (look === playing && look) return;
  stop();
  if (look && !still.matches) timer = setTimeout(() => play(look), REST_MS);
}

for (const kind of ["pointerover", "focusin"]) document.addEventListener(kind, turnTo);
document.addEventListener("pointerleave", stop);
still.addEventListener("change", stop);
