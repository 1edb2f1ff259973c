// The form of an order: its look follows, what is chosen is in sight, and it is sent once, when its files are there.
import "./looks.js";
import { sendings } from "./take.js";

function mark(form, isSent) {
  const button = form.querySelector("[data-send]");
  if (isSent) button?.setAttribute("aria-disabled", "true");
  else button?.removeAttribute("aria-disabled");
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-order]") || event.submitter?.formMethod === "get") return;
  if (form.querySelector("[data-send][aria-disabled]")) {
    event.preventDefault();
    return;
  }
  mark(form, true);
  if (!sendings.size) return;
  event.preventDefault();
  const all = await Promise.all(sendings);
  mark(form, false);
  if (all.every(Boolean)) form.requestSubmit(form.querySelector("[data-send]"));
});

// Of many, those are shown whose names have what is looked for in them; what is chosen stays so.
document.addEventListener("input", (event) => {
  const picks = document.getElementById(event.target.dataset.narrows);
  if (!picks) return;
  const wanted = event.target.value.trim().toLowerCase();
  const found = [...picks.children].filter((pick) => {
    pick.hidden = !pick.querySelector(".pick-words").textContent.toLowerCase().includes(wanted);
    return !pick.hidden;
  });
  picks.parentElement.querySelector(".picks-none").hidden = found.length > 0;
});

// Neither is a choice: the form is not to be sent, nor anything asked for.
document.addEventListener("change", (event) => event.target.dataset.narrows && event.stopPropagation(), { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.dataset?.narrows) return;
  event.preventDefault();
  document.querySelector(`#${event.target.dataset.narrows} .pick:not([hidden]) input`)?.click();
});

// What was wrong was so with what was chosen before.
document.addEventListener("change", (event) => event.target.name === "recipe" && document.getElementById("faults")?.remove());

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("[data-order]").forEach((form) => mark(form, false));
});

for (const chosen of document.querySelectorAll(".pick :checked")) {
  const pick = chosen.closest(".pick");
  const picks = pick.closest(".picks");
  const [inner, outer] = [pick.getBoundingClientRect(), picks.getBoundingClientRect()];
  picks.scrollBy(inner.right > outer.right ? inner.left - outer.left - 8 : 0, inner.bottom > outer.bottom ? inner.top - outer.top - 8 : 0);
}
