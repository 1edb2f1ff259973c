// Two files are picked to be compared: the first is A, and a third takes the place of the first.

const form = document.getElementById("compare");
const words = form?.querySelector("[data-pick-words]");
const button = form?.querySelector("button");
let picked = [];

function tell() {
  form.classList.toggle("is-begun", picked.length > 0);
  button.disabled = picked.length !== 2;
  words.textContent = ["Pick two files to compare them.", "Pick one more.", "Two are picked."][picked.length];
}

function pick(box) {
  picked = picked.filter((other) => other !== box);
  if (box.checked) picked.push(box);
  if (picked.length > 2) picked.shift().checked = false;
  tell();
}

if (form) {
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.name === "pick") pick(event.target);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.assign(`${form.action}?${new URLSearchParams({ a: picked[0].value, b: picked[1].value })}`);
  });
  picked = [...document.querySelectorAll("input[name=pick]:checked")].slice(0, 2); // as the browser kept them
  tell();
}
