// A request of the page that failed says so at its foot, in the words of the server.

const said = document.getElementById("said");

function say(words) {
  said.textContent = words;
}

function wordsOf(reply) {
  try {
    return JSON.parse(reply.responseText).detail;
  } catch {
    return `The server answered ${reply.status}; load the page again.`;
  }
}

document.body.addEventListener("htmx:responseError", (event) => say(wordsOf(event.detail.xhr)));
document.body.addEventListener("htmx:sendError", () => say("The server does not answer; what is shown may be old."));
document.body.addEventListener("htmx:afterOnLoad", (event) => event.detail.xhr.status < 400 && say(""));
