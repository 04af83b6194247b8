// Results while typing. Without this file the form works as any form: the server renders the same results.

import { choosing } from "./choosing.js";
import { recentSearches } from "./recent.js";

const PAUSE = 30; // milliseconds to wait for the next key while an answer is on its way
const STILL = 1200; // milliseconds without a key after which what is shown is what was meant
const SAID = 700; // the same, before it is read aloud
const COPIED = 2500; // milliseconds that it is shown that a code was copied

const form = document.getElementById("search");
const box = form.elements.q;
const found = document.getElementById("found");
const start = document.getElementById("start");
const said = document.getElementById("said");
const status = document.getElementById("status");
const done = document.getElementById("copied");

document.documentElement.classList.add("scripted");
status.setAttribute("aria-live", "off"); // it changes at every key; `said` waits for a pause

let asking = null; // what stops the request on its way
let waiting = 0;
let resting = 0;
let speaking = 0;
let telling = 0;
let shown = parameters(); // what the results on the page answer
let address = location.search; // of what is shown
let settled = true; // the entry of the history is a state to come back to: the next one does not replace it

const choice = choosing(box, found, { opened: settle, copied: tellCopied });
const recent = recentSearches(document.getElementById("recent"));

// Said, and shown for a while where the number of results stands.
function tellCopied(code) {
  const text = form.dataset.copied.replace("{code}", code);
  clearTimeout(speaking);
  said.textContent = text;
  done.textContent = text;
  clearTimeout(telling);
  telling = setTimeout(() => (done.textContent = ""), COPIED);
}

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

function parameters() {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== "")).toString();
}

// Asks for a state of the page. `kept` is whether the history has it already.
async function ask(query, { settles = false, kept = false } = {}) {
  cancel();
  const mine = (asking = new AbortController());
  found.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${form.dataset.results}?${query}`, { signal: mine.signal });
    if (!response.ok) throw new Error(response.status);
    const html = await response.text();
    if (mine !== asking) return;
    show(html);
    shown = query;
    if (!kept) remember(query);
    if (settles) settle();
    else resting = setTimeout(settle, STILL);
    speaking = setTimeout(() => (said.textContent = status.textContent), SAID);
  } catch {
    if (mine !== asking) return; // cancelled
    said.textContent = status.textContent = form.dataset.failed;
  }
  asking = null;
  found.removeAttribute("aria-busy");
}

function cancel() {
  for (const timer of [waiting, resting, speaking]) clearTimeout(timer);
  asking?.abort();
  waiting = 0;
  asking = null;
  found.removeAttribute("aria-busy");
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const old of document.querySelectorAll("[data-part]")) {
    const next = part(fresh, old.dataset.part);
    if (!next || next.innerHTML === old.innerHTML) continue;
    const focused = old.contains(document.activeElement) && document.activeElement.id;
    old.replaceChildren(...next.childNodes);
    if (focused) document.getElementById(focused)?.focus();
  }
  document.title = fresh.title;
  start.hidden = box.value.trim() !== "";
  choice.renewed();
}

// The address follows what is shown. A state that was settled stays in the history, so that Back leads to it; the keys
// on the way to the next one share an entry.
function remember(query) {
  if (address === (query && `?${query}`)) return;
  history[settled ? "pushState" : "replaceState"](null, "", query ? `?${query}` : location.pathname);
  address = location.search;
  settled = false;
}

function settle() {
  clearTimeout(resting);
  settled = true;
  if (found.querySelector(".hit")) recent.add(box.value.trim(), location.search);
}

function fill(query) {
  const given = new URLSearchParams(query);
  for (const field of form.elements) if (field.name) field.value = given.get(field.name) ?? "";
}

function typed() {
  const busy = asking || waiting;
  cancel();
  if (busy) waiting = setTimeout(() => ask(parameters()), PAUSE);
  else ask(parameters());
}

function chosen(event) {
  const field = event.target;
  if (field === box) return;
  // One looks at a version or at a day.
  if (field.name === "date" && field.value) form.elements.version.value = "";
  if (field.name === "version" && field.value) form.elements.date.value = "";
  settled = true;
  ask(parameters(), { settles: true });
}

function submitted(event) {
  event.preventDefault();
  const query = parameters();
  if (query === shown && !asking) settle();
  else ask(query, { settles: true });
}

// Links to other states of this page: what they lead to is shown in place.
function followed(event) {
  const link = event.target.closest("a[data-search]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  const query = new URL(link.href).search.slice(1);
  fill(query);
  settled = true;
  ask(query, { settles: true }).then(() => {
    if (link.closest(".paging, .hits")) scrollTo({ top: 0 });
    if (!document.activeElement || document.activeElement === document.body) box.focus();
  });
}

box.addEventListener("input", typed);
form.addEventListener("change", chosen);
form.addEventListener("submit", submitted);
document.addEventListener("click", followed);
addEventListener("popstate", () => {
  if (location.search === address) return; // to another place of the same page
  address = location.search;
  fill(address);
  settled = true;
  ask(address.slice(1), { settles: true, kept: true });
});
// A page that is left and come back to as it was.
addEventListener("pagehide", cancel);
addEventListener("pageshow", (event) => event.persisted && parameters() !== shown && typed());

// Typed before this file had come.
if (box.value !== box.defaultValue) typed();
