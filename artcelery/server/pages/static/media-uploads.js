// Files are sent one after another, each with how far it is; one alone is shown then, of several the list.

const form = document.querySelector("[data-upload]");
const list = form?.querySelector(".uploads");
const input = form?.querySelector("input[type=file]");
let queue = Promise.resolve();
let left = 0;
let sent = [];

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

function send(file, { bar, said }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/cache/upload?${new URLSearchParams({ name: file.name })}`);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      said.textContent = "being looked at";
    });
    request.addEventListener("load", () => {
      const reply = read(request);
      if (request.status === 201) resolve(reply);
      else reject(new Error(reply.detail ?? `the server answered ${request.status}`));
    });
    request.addEventListener("error", () => reject(new Error("the server does not answer; try again")));
    request.send(file);
  });
}

function read(request) {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
}

/** Refuse what the server would refuse in the midst of it. */
function check(file) {
  const { mostBytes, most } = form.dataset;
  if (file.size > Number(mostBytes)) throw new Error(`it is larger than ${most}, the most that is taken here`);
}

async function take(file) {
  const shown = line(file.name);
  try {
    check(file);
    sent.push(await send(file, shown));
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
  const came = sent;
  sent = [];
  input.value = "";
  if (failed || !came.length) return;
  location.assign(came.length === 1 ? `/media/${came[0].content_hash}` : "/media");
}

function takeAll(files) {
  if (!files.length) return;
  if (left === 0) list.replaceChildren();
  left += files.length;
  for (const file of files) queue = queue.then(() => take(file));
}

function isFiles(event) {
  return [...(event.dataTransfer?.types ?? [])].includes("Files");
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
  document.addEventListener("dragover", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    form.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) form.classList.remove("is-over");
  });
  document.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();
    form.classList.remove("is-over");
    takeAll([...event.dataTransfer.files]);
  });
}
