// What the reader opened (a <details> with an id) stays open when the part of the page that it stands in is swapped.

const opened = new Set();

document.addEventListener("toggle", ({ target }) => {
  if (!(target instanceof HTMLDetailsElement) || !target.id) return;
  if (target.open) opened.add(target.id);
  else if (target.isConnected) opened.delete(target.id);
}, true);

document.addEventListener("htmx:afterSwap", () => {
  for (const id of opened) {
    const now = document.getElementById(id);
    if (now) now.open = true;
  }
});
