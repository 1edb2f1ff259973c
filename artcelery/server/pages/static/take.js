// Files for an order are sent as soon as they are dropped, chosen or pasted; the form then names them by their hash.
import { sent, show, takeDrops } from "./sending.js";

/** What is being sent now: promises of whether it came. */
export const sendings = new Set();

const TAKES = "[data-take]";

function placeOf(name) {
  return document.querySelector(`[data-take="${CSS.escape(name)}"]`) ?? document.querySelector(TAKES);
}

function say(place, words, isWrong = false) {
  const said = place.querySelector(".take-said");
  said.textContent = words;
  said.classList.toggle("error", isWrong);
}

/** Have a file that is here chosen, among the others of its place. */
function choose(place, file) {
  let picks = place.querySelector(".picks");
  if (!picks) {
    picks = Object.assign(document.createElement("div"), { className: "picks" });
    place.querySelector(".take-box").after(picks);
  }
  const known = picks.querySelector(`input[value="${CSS.escape(file.content_hash)}"]`);
  if (known) known.checked = true;
  else {
    const pick = place.querySelector("template").content.firstElementChild.cloneNode(true);
    pick.querySelector("input").value = file.content_hash;
    pick.querySelector("img").src = `/cache/${file.content_hash}/thumbnail?size=256`;
    pick.querySelector(".pick-words").textContent = file.name || file.content_hash.slice(0, 12);
    picks.prepend(pick);
    pick.querySelector("input").checked = true;
  }
  picks.scrollTo({ top: 0, left: 0 });
  place.querySelector(".more input").value = "";
}

/** Show how much of a file is sent, wherever its place is now. */
function hear(name, file, part) {
  const place = placeOf(name);
  const bar = place.querySelector(".take-progress");
  bar.hidden = false;
  show(bar, part);
  say(place, `${part < 1 ? "Sending" : "Looking at"} ${file.name}`);
}

function rest(name) {
  const bar = placeOf(name).querySelector(".take-progress");
  bar.hidden = true;
  bar.value = 0;
}

async function send(place, file) {
  const name = place.dataset.take;
  try {
    const reply = await sent(file, Number(place.dataset.mostBytes), (part) => hear(name, file, part));
    choose(placeOf(name), { ...reply, name: file.name });
    say(placeOf(name), `${file.name} is here.`);
    return true;
  } catch (error) {
    say(placeOf(name), error.message, true);
    return false;
  } finally {
    rest(name);
  }
}

function take(place, file) {
  const sending = send(place, file).finally(() => sendings.delete(sending));
  sendings.add(sending);
}

/** Files for a place, and those after it: as many as there are places. */
function takeAll(place, files) {
  const places = [...document.querySelectorAll(TAKES)];
  const from = places.slice(places.indexOf(place));
  [...files].slice(0, from.length).forEach((file, at) => take(from[at], file));
}

document.addEventListener("change", (event) => {
  const place = event.target.matches("input[type=file]") && event.target.closest(TAKES);
  if (!place || !event.target.files.length) return;
  take(place, event.target.files[0]);
  event.target.value = "";
});

function light(place) {
  document.querySelectorAll(TAKES).forEach((item) => item.classList.toggle("is-over", item === place));
}

takeDrops((target) => target.closest?.(TAKES) ?? document.querySelector(TAKES), light, takeAll);

document.addEventListener("paste", (event) => {
  const place = event.target.closest?.(TAKES) ?? document.querySelector(TAKES);
  const file = event.clipboardData?.files[0];
  if (!place || !file) return;
  event.preventDefault();
  take(place, file);
});
