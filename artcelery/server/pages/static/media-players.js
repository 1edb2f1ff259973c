// A film or a sound that the browser cannot play says so, instead of staying dark.

const WORDS = "This browser does not play this format, or the file is damaged. Download it to play it elsewhere.";

function tell(player) {
  const mat = player.closest(".mat");
  if (!mat || mat.nextElementSibling?.matches(".not-played")) return;
  mat.after(Object.assign(document.createElement("p"), { className: "soft not-played", textContent: WORDS }));
}

/** Of a film whose pictures are in a format that is not known, some browsers play the sound alone. */
function look(player) {
  if (player.error || (player.videoWidth === 0 && player.readyState > 0)) tell(player);
}

for (const player of document.querySelectorAll(":is(.large-look, .side) :is(video, audio)")) {
  look(player);
  for (const kind of ["error", "loadedmetadata"]) player.addEventListener(kind, () => look(player));
}
