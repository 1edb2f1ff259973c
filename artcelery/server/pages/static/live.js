// Pages that change while they are looked at. An element with data-live names a stream of events whose data are pieces:
// elements with an id and data-piece. Each takes the place of its old self, so that none is doubled; in a list
// (data-order) a new one finds its place. Links with data-visit load the page they lead to, and put in its pieces.
//
// A tab that nobody sees closes its stream: browsers allow few connections to one server. Who was signed out may have
// signed in elsewhere when they come back to it.
import { signedOut } from "./signed-out.js";

const PAGE = { Accept: "text/html" };
const said = document.getElementById("said");

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Put in all pieces of a document or a fragment. What lies within one that is put in comes with it. */
function putIn(root) {
  const done = new Set();
  for (const piece of [...root.querySelectorAll("[data-piece]")]) {
    if (done.has(piece.parentElement?.closest("[data-piece]"))) done.add(piece);
    else if (put(piece)) done.add(piece);
  }
}

/** Put in one piece, unless it is there as it is; whether it was. */
function put(piece) {
  const old = document.getElementById(piece.id);
  if (!old) return insert(piece);
  if (old.isEqualNode(piece) || isShown(old, piece)) return false;
  replace(old, piece);
  return true;
}

/** Whether a piece is as it was sent, though scripts have changed it since: the time of the reader, a slider's place. */
function isShown(old, piece) {
  const sign = piece.dataset.sign;
  return sign !== undefined && sign === old.dataset.sign;
}

function replace(old, piece) {
  const kept = keptOf(old);
  old.replaceWith(piece);
  shown(piece);
  restore(piece, kept);
}

/** Have htmx look after a new piece, and whatever waits for what htmx has put in. */
function shown(piece) {
  window.htmx?.process(piece);
  window.htmx?.trigger(piece, "htmx:afterSettle");
}

/** What a reader did to a piece: where the focus is, what is open, and how far it is scrolled. */
function keptOf(old) {
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  return {
    focus: focused && (focused.id ? `#${CSS.escape(focused.id)}` : wayTo(focused)),
    isSelf: focused === old,
    open: [...old.querySelectorAll("details[open][id]")].map((item) => item.id),
    scrolled: [...old.querySelectorAll("[data-scrolls]")].map((item) => [item.scrollLeft, item.scrollTop]),
  };
}

function wayTo(element) {
  const href = element.getAttribute("href");
  return href ? `${element.localName}[href="${CSS.escape(href)}"]` : element.localName;
}

function restore(piece, kept) {
  kept.open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
  piece.querySelectorAll("[data-scrolls]").forEach((item, at) => item.scrollTo(...(kept.scrolled[at] ?? [0, 0])));
  const focused = kept.isSelf ? piece : kept.focus && piece.querySelector(kept.focus);
  focused?.focus({ preventScroll: true });
}

/** Put a new piece into its list, where it belongs there: newest first. What is older than all comes by scrolling. */
function insert(piece) {
  const list = document.querySelector("[data-list]");
  if (!list || piece.dataset.order === undefined || piece.dataset.new === undefined) return false;
  const next = [...list.children].find((item) => (item.dataset.order ?? "") < piece.dataset.order);
  if (next && next.dataset.order === undefined) return false;
  list.insertBefore(piece, next ?? null);
  shown(piece);
  return true;
}

/** How the server would answer; 0 when it does not. */
function statusOf(address) {
  return fetch(address, { method: "HEAD", headers: PAGE }).then((reply) => reply.status, () => 0);
}

/** Take the page anew from the server; of a list, as much as is shown, without what is gone. */
async function lookAnew(address, { following = false } = {}) {
  const list = document.querySelector("[data-list]");
  const wanted = new URL(address, location.href);
  if (list && following) wanted.searchParams.set("limit", Math.min(Math.max(list.children.length, 50), 1000));
  const reply = await fetch(wanted, { headers: PAGE });
  if (!reply.ok) return reply.status;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (list && following) dropGone(list, page);
  putIn(page);
  return reply.status;
}

function dropGone(list, page) {
  const items = [...page.querySelectorAll("[data-list] > [data-order]")];
  const oldest = items.at(-1)?.dataset.order ?? "";
  for (const item of list.querySelectorAll(":scope > [data-order]")) {
    if (item.dataset.order >= oldest && !page.getElementById(item.id)) item.remove();
  }
}

class Live {
  #address;
  #source = null;
  #position = "";
  #rest = 1000;
  #isOver = false;

  constructor(address) {
    this.#address = address;
    document.addEventListener("visibilitychange", () => this.#look());
    this.#look();
  }

  /** Listen elsewhere from now on. */
  move(address) {
    if (address === this.#address) return;
    this.#address = address;
    this.#position = "";
    this.#isOver = !address;
    this.#close();
    this.#look();
  }

  /** Listen while somebody looks. */
  #look() {
    if (this.#isOver) return;
    if (document.visibilityState === "hidden") this.#close();
    else if (!this.#source) this.#open();
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    const address = new URL(this.#address, location.href);
    if (this.#position) address.searchParams.set("after", this.#position);
    const source = (this.#source = new EventSource(address));
    const on = (name, act) =>
      source.addEventListener(name, (event) => {
        this.#position = event.lastEventId || this.#position;
        act(event.data);
      });
    source.addEventListener("open", () => this.#isHeard());
    on("pieces", (html) => putIn(parsed(html)));
    on("gone", (ids) => ids.split("\n").forEach((id) => document.getElementById(id)?.remove()));
    on("anew", () => lookAnew(location.href, { following: true }).catch(() => {}));
    on("end", (words) => this.#end(words));
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && this.#tryAgain(source));
  }

  #isHeard() {
    this.#rest = 1000;
    said.textContent = "";
    document.documentElement.dataset.live = "on";
  }

  #end(words = "") {
    this.#isOver = true;
    this.#rests(words);
  }

  /** Listen no more until somebody looks again. */
  #rests(words) {
    this.#close();
    said.textContent = words;
    document.documentElement.dataset.live = "over";
  }

  /** The server refused the stream: it may be about to stop, or the reader is signed out. */
  async #tryAgain(refused) {
    if (this.#source !== refused) return;
    this.#close();
    const status = await statusOf(location.href);
    if (status === 401 || (await statusOf("/glance")) === 401) this.#rests(signedOut());
    else if (status === 403 || status === 404) this.#end("This is not there any more.");
    else {
      said.textContent = "The server does not answer; what is shown may be old.";
      setTimeout(() => this.#look(), this.#rest);
      this.#rest = Math.min(2 * this.#rest, 30000);
    }
  }
}

async function visit(link) {
  const address = link.getAttribute("href");
  const status = await lookAnew(address).catch(() => 0);
  if (status !== 200) location.assign(address);
  else {
    history.replaceState(null, "", address);
    live?.move(document.querySelector("[data-live]")?.dataset.live ?? "");
    document.getElementById(link.dataset.visit)?.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-visit]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  visit(link);
});

const place = document.querySelector("[data-live]");
const live = place?.dataset.live ? new Live(place.dataset.live) : null;
