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
