// Files for an order are sent as soon as they are dropped, chosen or pasted; the form then names them by their hash.

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

function size(bytes) {
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  while (value >= 1000 && units.length > 1) {
    value /= 1000;
    units.shift();
  }
  return `${value.toFixed(1)} ${units[0]}`;
}

/** What a reply says; nothing where it is none of the server's own. */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The reply to a file, or an error that says what to do. */
function post(file, heard) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/cache/upload?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && heard(event.loaded / event.total));
    request.addEventListener("error", () => reject(new Error("The server does not answer; try again.")));
    request.addEventListener("load", () => {
      const reply = read(request.responseText);
      if (request.status === 201) resolve(reply);
      else reject(new Error(reply.detail ?? `The server answered ${request.status}; try again.`));
    });
    request.send(file);
  });
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

/** Show how much of a file is sent, wherever its place is now; when that is all, it is looked at, for as long as it takes. */
function hear(name, file, part) {
  const place = placeOf(name);
  const bar = place.querySelector(".take-progress");
  bar.hidden = false;
  if (part < 1) bar.value = part;
  else bar.removeAttribute("value");
  say(place, `${part < 1 ? "Sending" : "Looking at"} ${file.name}`);
}

function rest(name) {
  const bar = placeOf(name).querySelector(".take-progress");
  bar.hidden = true;
  bar.value = 0;
}

async function send(place, file) {
  const name = place.dataset.take;
  const most = Number(place.dataset.mostBytes);
  if (file.size > most) {
    say(place, `${file.name} has ${size(file.size)}, and ${size(most)} may be sent.`, true);
    return false;
  }
  hear(name, file, 0);
  try {
    const reply = await post(file, (part) => hear(name, file, part));
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

function aimOf(event) {
  if (!event.dataTransfer?.types.includes("Files")) return null;
  return event.target.closest?.(TAKES) ?? document.querySelector(TAKES);
}

function light(place) {
  document.querySelectorAll(TAKES).forEach((item) => item.classList.toggle("is-over", item === place));
}

document.addEventListener("dragover", (event) => {
  const place = aimOf(event);
  if (!place) return;
  event.preventDefault();
  light(place);
});

document.addEventListener("dragleave", (event) => event.relatedTarget ?? light(null));

document.addEventListener("drop", (event) => {
  const place = aimOf(event);
  if (!place) return;
  event.preventDefault();
  light(null);
  takeAll(place, event.dataTransfer.files);
});

document.addEventListener("paste", (event) => {
  const place = event.target.closest?.(TAKES) ?? document.querySelector(TAKES);
  const file = event.clipboardData?.files[0];
  if (!place || !file) return;
  event.preventDefault();
  take(place, file);
});
