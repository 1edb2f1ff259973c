// Who comes back to a long list finds it as long as it was, where it was left.

const list = document.getElementById("tiles");
const kept = `place of ${location.pathname}${location.search}`;

function keep() {
  const place = { tiles: list.querySelectorAll(".tile").length, top: scrollY };
  sessionStorage.setItem(kept, JSON.stringify(place));
}

/** Load the next part of the list; whether there was one. */
function more() {
  const link = list.querySelector(".more a");
  if (!link) return Promise.resolve(false);
  return new Promise((loaded) => {
    document.addEventListener("htmx:afterSettle", () => loaded(true), { once: true });
    document.addEventListener("htmx:responseError", () => loaded(false), { once: true });
    link.click();
  });
}

async function restore({ tiles, top }) {
  while (list.querySelectorAll(".tile").length < tiles && (await more()));
  scrollTo({ top, behavior: "instant" });
}

/** The way up to the list is the way back, when one came from there. */
function goBack(event) {
  if (document.referrer !== event.currentTarget.href || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  history.back();
}

document.querySelector('a[data-keys="up"]')?.addEventListener("click", goBack);
if (list) {
  addEventListener("pagehide", keep);
  const [came] = performance.getEntriesByType("navigation");
  const place = sessionStorage.getItem(kept);
  if (came?.type === "back_forward" && place) addEventListener("load", () => restore(JSON.parse(place)));
}
