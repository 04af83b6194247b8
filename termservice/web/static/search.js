// Results while typing. Without this file the form works as any form: the server renders the same results.

const WAIT = 120; // milliseconds of stillness before asking

const form = document.getElementById("search");
const box = form.elements.q;
const found = document.getElementById("found");
let waiting = 0;
let asked = null;

const part = (root, name) => root.querySelector(`[data-part="${name}"]`);

function parameters() {
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  return new URLSearchParams(filled).toString();
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
}

async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  const query = parameters();
  found.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(`${form.dataset.results}?${query}`, { signal: mine.signal });
    if (!response.ok) throw new Error(response.status);
    show(await response.text());
    // The address follows what is shown, so that Back from a concept and a copied link lead here.
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    document.getElementById("systems")?.toggleAttribute("hidden", box.value.trim() !== "");
  } catch (error) {
    if (error.name === "AbortError") return;
    part(document, "status").textContent = form.dataset.failed;
  }
  if (mine === asked) found.removeAttribute("aria-busy");
}

function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(ask, WAIT);
}

function move(event) {
  const links = [...found.querySelectorAll(".hits a")];
  const at = links.indexOf(document.activeElement);
  const typing = document.activeElement === box;
  if (event.key === "ArrowDown" && (typing || at >= 0)) (links[at + 1] ?? document.activeElement).focus();
  else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] ?? box).focus();
  else if (event.key === "Escape" && at >= 0) box.focus();
  else return;
  event.preventDefault();
}

box.addEventListener("input", soon);
form.addEventListener("change", (event) => event.target !== box && ask());
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  ask();
});
document.addEventListener("keydown", move);
