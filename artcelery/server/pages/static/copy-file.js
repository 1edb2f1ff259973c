// Buttons that copy a file of the server: data-copy-file says where it is. They are there only where copying works.

const said = document.getElementById("said");

async function copy(address) {
  try {
    const reply = await fetch(address);
    if (!reply.ok) throw new Error(reply.statusText);
    await navigator.clipboard.writeText(await reply.text());
    said.textContent = "Copied.";
  } catch {
    said.textContent = "It could not be copied; select the text instead.";
  }
}

for (const button of document.querySelectorAll("[data-copy-file]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => copy(button.dataset.copyFile));
}
