// Two films or sounds that are compared play together: what is done to one by the buttons here is done to both.

const comparing = document.querySelector("[data-compare]");
const players = [...(comparing?.querySelectorAll("video, audio") ?? [])];

function toggle() {
  const [first, second] = players;
  if (!first.paused || !second.paused) return players.forEach((player) => player.pause());
  second.currentTime = first.ended ? 0 : first.currentTime;
  return Promise.all(players.map((player) => player.play())).catch(() => {}); // a format that is not played here
}

if (players.length === 2) {
  const button = Object.assign(document.createElement("button"), { className: "button", type: "button" });
  const tell = () => {
    button.textContent = players.some((player) => !player.paused) ? "Pause both" : "Play both together";
  };
  for (const kind of ["play", "pause", "ended"]) players.forEach((player) => player.addEventListener(kind, tell));
  button.addEventListener("click", toggle);
  tell();
  comparing.nextElementSibling.prepend(button);
}
