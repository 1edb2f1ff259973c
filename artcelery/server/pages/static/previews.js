// Thumbnails that are not made yet come as a picture of one pixel: each is asked for again, until it is there. A few are
// no larger themselves: when one has been asked for some times, its status is, which no picture tells.

const THUMBNAIL = /\/(thumbnail|look)(\?|$)/;
const FIRST_MS = 700;
const LONGEST_MS = 8000;
const DOUBTED = 2;

/** Ask again for a picture that may still be being made: at once if it is there, or else a little later each time. */
async function again(image) {
  const tries = Number(image.dataset.tries ?? 0);
  const address = new URL(image.currentSrc || image.src);
  image.dataset.tries = String(tries + 1);
  const isMade = tries >= DOUBTED && (await fetch(address).then((reply) => reply.status === 200, () => false));
  address.searchParams.set("again", String(tries + 1));
  setTimeout(() => {
    image.toggleAttribute("data-made", isMade);
    image.removeAttribute("srcset");
    image.src = address.pathname + address.search;
  }, isMade ? 0 : Math.min(FIRST_MS * 1.5 ** tries, LONGEST_MS));
}

function look(image) {
  if (!(image instanceof HTMLImageElement) || !THUMBNAIL.test(image.currentSrc || image.src)) return;
  if (image.naturalWidth * image.naturalHeight === 1 && image.dataset.made === undefined) again(image);
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
