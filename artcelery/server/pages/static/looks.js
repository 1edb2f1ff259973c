// The look of an effect follows its parameters: the next picture takes the place of the last when it can be seen.
import "./twins.js";

const REST_MS = 120;
let newest = 0;
let soon = 0;

function say(look, words) {
  look.querySelector(".look-said").textContent = words;
}

/** What is wrong with a field as far as the browser knows, said below the look. */
function faultOf(fields) {
  const wrong = fields.find((field) => !field.validity.valid);
  return wrong && `${wrong.labels[0]?.textContent ?? wrong.name}: ${wrong.validationMessage}`;
}

async function follow(look, params) {
  const number = ++newest;
  const fields = [...params.querySelectorAll("[name]")];
  const fault = faultOf(fields);
  if (fault) return say(look, fault);
  const sent = fields.filter((field) => field.type !== "checkbox" || field.checked);
  const query = new URLSearchParams(sent.map((field) => [field.name, field.value]));
  const address = `${look.dataset.look}?${query}`;
  const reply = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  if (number !== newest) return;
  if (!reply) return say(look, "The server does not answer; what is shown is old.");
  if (!reply.ok) return say(look, (await reply.json()).detail);
  say(look, "");
  await put(look, address, number);
}

async function put(look, address, number) {
  const old = look.querySelector("img");
  const next = old.cloneNode();
  next.removeAttribute("data-tries");
  next.removeAttribute("data-made");
  next.src = address;
  await next.decode().catch(() => {}); // it is shown as it is, and asked for again while it is being made
  if (number === newest) old.replaceWith(next);
}

function look(event) {
  const params = event.target.closest?.("[data-params]");
  const shown = params && document.querySelector("[data-look]");
  if (!shown) return;
  clearTimeout(soon);
  soon = setTimeout(() => follow(shown, params), REST_MS);
}

document.addEventListener("input", look);

// A form that is reset says so first, and has its old values only then.
document.addEventListener("reset", (event) => {
  const fields = event.target.querySelectorAll("[data-params] [name]");
  setTimeout(() => fields.forEach((field) => field.dispatchEvent(new Event("input", { bubbles: true }))));
});
