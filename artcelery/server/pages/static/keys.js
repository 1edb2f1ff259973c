// Lists by keyboard: in an element with data-keys="list", j and k go to the next and the previous item, Enter opens it
// (it is a link or a button), and Esc leaves the list, or goes to where the page came from (the last link of the page with
// data-keys="up": what was opened within it comes behind it, and is closed first).

const WRITTEN_IN = "input, textarea, select, [contenteditable]";
const REACHED = ["a[href]", "button:not([disabled])", "summary", "[tabindex]"]
  .map((what) => `${what}:not([tabindex="-1"])`)
  .join();
const STEPS = { j: 1, k: -1 };

/** What can be reached of a list: one thing of each item. */
function reachable(list) {
  const items = [...list.children].map((item) => (item.matches(REACHED) ? item : item.querySelector(REACHED)));
  return items.filter((item) => item !== null && item.checkVisibility());
}

/** The list that keys are meant for: the one with the focus, or else the first. */
function listInUse() {
  return document.activeElement?.closest('[data-keys="list"]') ?? document.querySelector('[data-keys="list"]');
}

function step(by) {
  const list = listInUse();
  if (!list) return;
  const items = reachable(list);
  const now = items.findIndex((item) => item === document.activeElement || sameItem(list, item));
  const next = now < 0 ? (by > 0 ? 0 : items.length - 1) : Math.min(Math.max(now + by, 0), items.length - 1);
  items[next]?.focus();
  items[next]?.scrollIntoView({ block: "nearest" });
}

/** Whether the focus is anywhere in the item of the list that this is reached in. */
function sameItem(list, reached) {
  const item = [...list.children].find((child) => child.contains(reached));
  return item?.contains(document.activeElement) ?? false;
}

function leave() {
  const focused = document.activeElement;
  if (focused?.closest('[data-keys="list"]')) focused.blur();
  else [...document.querySelectorAll('a[data-keys="up"]')].at(-1)?.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target instanceof Element && event.target.matches(WRITTEN_IN)) return;
  if (event.key in STEPS) {
    event.preventDefault();
    step(STEPS[event.key]);
  } else if (event.key === "Escape") leave();
});
