// Thumbnails that are not made yet come as a picture of one pixel: each is asked for again, until it is there.

const THUMBNAIL = /\/(thumbnail|look)(\?|$)/;
const FIRST_MS = 700;
const LONGEST_MS = 8000;

/** Ask again for a picture that is still being made; a little later each time. */
function again(image) {
  const tries = Number(image.dataset.tries ?? 0);
  const address = new URL(image.currentSrc || image.src);
  image.dataset.tries = String(tries + 1);
  address.searchParams.set("again", String(tries + 1));
  setTimeout(() => {
    image.removeAttribute("srcset");
    image.src = address.pathname + address.search;
  }, Math.min(FIRST_MS * 1.5 ** tries, LONGEST_MS));
}

function look(image) {
  if (!(image instanceof HTMLImageElement) || !THUMBNAIL.test(image.currentSrc || image.src)) return;
  if (image.naturalWidth === 1) again(image);
  else image.classList.add("is-there");
}

/** What cannot be made leaves the plain tile that is there without it. */
function miss(image) {
  if (image instanceof HTMLImageElement && THUMBNAIL.test(image.currentSrc || image.src)) image.classList.add("is-broken");
}

document.addEventListener("load", (event) => look(event.target), true);
document.addEventListener("error", (event) => miss(event.target), true);
document.querySelectorAll("img").forEach((image) => {
  if (image.complete && image.currentSrc) (image.naturalWidth ? look : miss)(image);
});
