// Films in a grid play without sound while they are pointed at or have the focus, unless less motion is wanted.

const REST_MS = 150;
const still = matchMedia("(prefers-reduced-motion: reduce)");
let playing = null;
let timer = 0;

function play(look) {
  const film = document.createElement("video");
  if (!film.canPlayType(look.dataset.type)) return;
  Object.assign(film, { src: look.dataset.plays, muted: true, loop: true, playsInline: true, autoplay: true });
  film.setAttribute("aria-hidden", "true");
  film.tabIndex = -1;
  film.addEventListener("playing", () => look.classList.add("plays"), { once: true });
  look.append(film);
  playing = look;
}

function stop() {
  clearTimeout(timer);
  const film = playing?.querySelector("video");
  if (film) {
    film.removeAttribute("src"); // what is still being loaded is not needed any more
    film.load();
    film.remove();
  }
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
