// The text of a recipe: numbers before its lines, those that are wrong marked; Tab indents until Esc is pressed, and a new
// line begins where the one before it does. Links to what is wrong lead into the text, and a file may be dropped. Without
// this it is a plain form.

const STEP = "  ";

class Editor {
  #text;
  #numbers = document.createElement("pre");
  #wrong;
  #count = 0;
  #indents = true;

  constructor(place, faults) {
    this.#text = place.querySelector("textarea");
    this.#wrong = new Set(faults.map((link) => Number(link.dataset.line)));
    this.#numbers.className = "editor-numbers";
    this.#numbers.ariaHidden = "true";
    place.classList.add("has-numbers");
    place.prepend(this.#numbers);
    this.#text.addEventListener("input", () => this.#number());
    this.#text.addEventListener("scroll", () => this.#follow());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#text.addEventListener("blur", () => (this.#indents = true));
    this.#number();
  }

  /** Go to a line and column; both count from 1. */
  goTo(line, column) {
    const lines = this.#text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, item) => sum + item.length + 1, 0);
    const at = Math.min(start + column - 1, this.#text.value.length);
    this.#text.focus();
    this.#text.setSelectionRange(at, Math.max(at, start + (lines[line - 1] ?? "").length));
    const height = this.#text.scrollHeight / Math.max(lines.length, 1);
    this.#text.scrollTop = Math.max(0, (line - 4) * height);
    this.#text.scrollIntoView({ block: "nearest" });
  }

  #number() {
    const count = this.#text.value.split("\n").length;
    if (count === this.#count) return;
    this.#count = count;
    const pieces = Array.from({ length: count }, (_, at) => this.#numbered(at + 1));
    this.#numbers.replaceChildren(...pieces.flatMap((piece) => [piece, "\n"]));
    this.#follow();
  }

  #numbered(number) {
    if (!this.#wrong.has(number)) return String(number);
    const marked = document.createElement("span");
    marked.className = "is-wrong";
    marked.textContent = number;
    return marked;
  }

  #follow() {
    this.#numbers.scrollTop = this.#text.scrollTop;
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") this.#indents = false;
    else if (event.key === "Tab" && this.#indents) {
      event.preventDefault();
      if (event.shiftKey) this.#outdent();
      else this.#indent();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#write(`\n${this.#line().match(/^ */)[0]}`);
    }
  }

  #indent() {
    if (this.#isSeveral()) this.#changeLines((line) => (line ? STEP + line : line));
    else this.#write(" ".repeat(STEP.length - (this.#line().length % STEP.length)));
  }

  #outdent() {
    this.#changeLines((line) => line.replace(/^ {1,2}/, ""));
  }

  #isSeveral() {
    return this.#text.value.slice(this.#text.selectionStart, this.#text.selectionEnd).includes("\n");
  }

  /** The line before the cursor. */
  #line() {
    const before = this.#text.value.slice(0, this.#text.selectionStart);
    return before.slice(before.lastIndexOf("\n") + 1);
  }

  #changeLines(change) {
    const { value, selectionStart, selectionEnd } = this.#text;
    const start = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const next = value.indexOf("\n", Math.max(selectionEnd - (this.#isSeveral() ? 1 : 0), start));
    const end = next < 0 ? value.length : next;
    const before = value.slice(start, end);
    const after = before.split("\n").map(change).join("\n");
    if (after === before) return;
    const shift = change(before.split("\n")[0]).length - before.split("\n")[0].length;
    this.#text.setSelectionRange(start, end);
    this.#write(after);
    const moved = Math.max(start, selectionStart + shift);
    this.#text.setSelectionRange(moved, Math.max(moved, selectionEnd + after.length - before.length));
  }

  /** Put a text in the place of what is selected, so that it can be undone. */
  #write(text) {
    // Only this old command leaves the browser's undo as it was.
    const isDone = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (isDone) return;
    this.#text.setRangeText(text, this.#text.selectionStart, this.#text.selectionEnd, "end");
    this.#number();
  }
}

/** A file that is dropped anywhere on the page is the chosen one, and does not take the page's place. */
function takeDropped(input) {
  document.addEventListener("dragover", (event) => carriesFile(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.focus();
  });
}

function carriesFile(event) {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

const file = document.getElementById("file");
if (file) takeDropped(file);

const place = document.querySelector("[data-editor]");
if (place) {
  const faults = [...document.querySelectorAll("[data-faults] a[data-line]")];
  const editor = new Editor(place, faults);
  document.querySelector("[data-keys-hint]").hidden = false;
  for (const link of faults) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      editor.goTo(Number(link.dataset.line), Number(link.dataset.column));
    });
  }
}
