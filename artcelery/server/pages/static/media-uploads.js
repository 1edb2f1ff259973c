// Files are sent one after another, each with how far it is; one alone is shown then, of several the list.
import { sent, show, takeDrops } from "./sending.js";

const form = document.querySelector("[data-upload]");
const list = form?.querySelector(".uploads");
const input = form?.querySelector("input[type=file]");
let queue = Promise.resolve();
let left = 0;
let came = [];

/** A line of the list: a name, how far it is, and what came of it. */
function line(name) {
  const item = document.createElement("li");
  const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
  const said = document.createElement("span");
  item.append(Object.assign(document.createElement("span"), { className: "upload-name", textContent: name }), bar, said);
  bar.setAttribute("aria-label", `How much of ${name} is sent`);
  list.append(item);
  return { item, bar, said };
}

async function take(file) {
  const shown = line(file.name);
  const heard = (part) => {
    show(shown.bar, part);
    if (part === 1) shown.said.textContent = "being looked at";
  };
  try {
    came.push(await sent(file, Number(form.dataset.mostBytes), heard));
    shown.said.textContent = "is here";
    shown.item.classList.add("is-done");
  } catch (error) {
    shown.said.textContent = error.message;
    shown.item.classList.add("is-failed");
  }
  shown.bar.remove();
  left -= 1;
  if (left === 0) finish();
}

/** Show what came: nothing is left behind when something failed, so that its reason can be read. */
function finish() {
  const failed = list.querySelector(".is-failed");
  const files = came;
  came = [];
  input.value = "";
  if (failed || !files.length) return;
  location.assign(files.length === 1 ? `/media/${files[0].content_hash}` : "/media");
}

function takeAll(files) {
  if (!files.length) return;
  if (left === 0) list.replaceChildren();
  left += files.length;
  for (const file of files) queue = queue.then(() => take(file));
}

if (form) {
  input.multiple = true;
  form.querySelector(".drop-hint").hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    takeAll([...input.files]);
  });
  addEventListener("beforeunload", (event) => {
    if (left) event.preventDefault(); // the browser asks whether to leave what is being sent
  });
  takeDrops(() => form, (place) => form.classList.toggle("is-over", place === form), (_, files) => takeAll([...files]));
}
