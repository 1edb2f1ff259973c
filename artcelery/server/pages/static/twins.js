// Two controls of one value: what is moved in one stands in the other. The twin names the control that is sent.

const COLOUR = /^#[0-9a-f]{6}/i;

function toTwin(field) {
  const twin = document.querySelector(`[data-twin="${CSS.escape(field.id)}"]`);
  if (!twin) return;
  if (twin.type !== "color") twin.value = field.value;
  else if (COLOUR.test(field.value)) twin.value = field.value.slice(0, 7);
}

function fromTwin(twin) {
  const field = document.getElementById(twin.dataset.twin);
  const isClear = twin.type === "color" && COLOUR.test(field.value);
  field.value = isClear ? twin.value + field.value.slice(7) : twin.value;
}

// Before others hear of it, so that they find both alike.
document.addEventListener(
  "input",
  (event) => (event.target.dataset.twin ? fromTwin(event.target) : event.target.id && toTwin(event.target)),
  { capture: true },
);
