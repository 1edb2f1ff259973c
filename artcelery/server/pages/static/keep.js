// What was entered into a form is not lost when it cannot be taken: before it is sent, the server is asked whether its
// reader is still signed in. If not, or if nobody answers, the page stays as it is and says what to do.

import { KEPT, STILL, signedOut } from "./signed-out.js";

const WORDS = {
  0: `The server does not answer. ${STILL} Send it again in a moment.`,
  401: signedOut(),
  503: `The server cannot answer just now. ${STILL} Send it again in a moment.`,
};
const asking = new WeakSet();
const answered = new WeakSet();

/** What to tell a reader whose form would not be taken now; nothing where it would. */
async function trouble() {
  const asked = fetch("/glance", { method: "HEAD", headers: { Accept: "text/html" } });
  return WORDS[await asked.then((reply) => reply.status, () => 0)] ?? "";
}

async function send(form, submitter) {
  asking.add(form);
  const words = await trouble();
  asking.delete(form);
  document.getElementById("said").textContent = words;
  if (words) return;
  answered.add(form);
  form.requestSubmit(submitter);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches(KEPT) || event.submitter?.formMethod === "get" || answered.delete(form)) return;
  event.preventDefault();
  event.stopPropagation();
  if (!asking.has(form)) send(form, event.submitter);
}, { capture: true });
