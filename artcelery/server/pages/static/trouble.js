// A request of the page that failed says so at its foot, in the words of the server. Who is signed in no more is shown
// the way in, which stands where the page stood; but not in the place of what they have entered.
import { hasForm, signedOut } from "./signed-out.js";

const said = document.getElementById("said");
let trouble = "";

function say(words) {
  if (words || said.textContent === trouble) said.textContent = words; // what others said stays
  trouble = words;
}

function wordsOf(reply) {
  try {
    return JSON.parse(reply.responseText).detail;
  } catch {
    return `The server answered ${reply.status}; load the page again.`;
  }
}

document.body.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  if (xhr.status !== 401) say(wordsOf(xhr));
  else if (hasForm()) say(signedOut());
  else location.reload();
});
document.body.addEventListener("htmx:sendError", () => say("The server does not answer; what is shown may be old."));
document.body.addEventListener("htmx:afterOnLoad", (event) => event.detail.xhr.status < 400 && say(""));
