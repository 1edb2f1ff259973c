// The form of an order: numbers and colours have sliders and palettes beside them, and it is sent once.
import "./twins.js";
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
  if (all.every(Boolean)) form.requestSubmit(event.submitter);
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("[data-order]").forEach((form) => mark(form, false));
});
