// Points in time, as the reader's own clock and language have them; without this they stand there in UTC.

const NEAR = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const FAR = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

function show(time) {
  const at = new Date(time.dateTime);
  const isToday = at.toDateString() === new Date().toDateString();
  time.textContent = (isToday ? NEAR : FAR).format(at);
  time.title = EXACT.format(at);
  time.dataset.shown = "";
}

function showAll() {
  document.querySelectorAll("time[datetime]:not([data-shown])").forEach(show);
}

showAll();
new MutationObserver(showAll).observe(document.body, { childList: true, subtree: true });
