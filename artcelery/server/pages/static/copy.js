// Buttons that copy what stands in another element: data-copy is its id.

const TOLD_MS = 2000;

async function copy(button) {
  const source = document.getElementById(button.dataset.copy);
  if (!(await written(source.textContent))) select(source);
  else tell(button);
}

async function written(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // no page may write there, or this one is not trusted: then it is marked to be copied by hand
  }
}

function select(element) {
  getSelection().selectAllChildren(element);
  element.focus();
}

function tell(button) {
  document.getElementById("said").textContent = "Copied.";
  button.classList.add("is-copied");
  setTimeout(() => button.classList.remove("is-copied"), TOLD_MS);
}

function showAll() {
  document.querySelectorAll("button[data-copy][hidden]").forEach((button) => (button.hidden = false));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (button) copy(button);
});
showAll();
new MutationObserver(showAll).observe(document.getElementById("main"), { childList: true, subtree: true });
