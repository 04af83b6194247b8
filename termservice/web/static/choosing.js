// The keyboard in the box and its results: a combobox whose listbox is the list of results (WAI-ARIA APG, Combobox,
// "Editable combobox with list autocomplete"). The focus stays in the box; the option one is at is told by
// aria-activedescendant.

import { put } from "./clipboard.js";

const LISTED = "a.hit, a.all";

// `box` is the input, `results` what the list comes and goes in. `opened` is called before an option is followed,
// `copied` with the code that was put on the clipboard.
export function choosing(box, results, { opened, copied }) {
  let options = [];
  let at = -1;

  box.setAttribute("role", "combobox");
  box.setAttribute("aria-autocomplete", "list");
  box.setAttribute("aria-controls", "hits");

  // Roles that only hold where a script moves among the results.
  function renewed() {
    const list = document.getElementById("hits");
    options = list ? [...list.querySelectorAll(LISTED)] : [];
    at = -1;
    box.removeAttribute("aria-activedescendant");
    box.setAttribute("aria-expanded", String(options.length > 0));
    if (!list) return;
    list.setAttribute("role", "listbox");
    for (const group of list.querySelectorAll("section")) group.setAttribute("role", "group");
    for (const plain of list.querySelectorAll("h3, ol, li, p")) plain.setAttribute("role", "presentation");
    options.forEach((option, number) => {
      option.id = `hit-${number + 1}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
    });
  }

  function go(to) {
    options[at]?.setAttribute("aria-selected", "false");
    at = to;
    const option = options[at];
    if (option) {
      option.setAttribute("aria-selected", "true");
      option.scrollIntoView({ block: "nearest" });
      box.setAttribute("aria-activedescendant", option.id);
    } else {
      box.removeAttribute("aria-activedescendant");
      box.scrollIntoView({ block: "nearest" });
    }
    if (document.activeElement !== box) box.focus({ preventScroll: true });
  }

  function escape() {
    if (at >= 0 || document.activeElement !== box) return go(-1);
    if (box.value === "") return;
    box.value = "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // The keys that copy, where nothing is selected that they could mean.
  async function copy(event) {
    const selected = box.selectionStart !== box.selectionEnd || String(getSelection());
    const code = !selected && options[Math.max(at, options.indexOf(document.activeElement))]?.querySelector(".code");
    if (!code) return;
    event.preventDefault();
    if (await put(code.textContent)) copied(code.textContent);
  }

  function key(event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "c") return copy(event);
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const inList = options.indexOf(document.activeElement);
    const here = document.activeElement === box || inList >= 0;
    if (event.key === "/" && !isTyping(document.activeElement)) box.focus(), box.select();
    else if (!here) return;
    else if (event.key === "ArrowDown" && options.length) go(Math.min(Math.max(at, inList) + 1, options.length - 1));
    else if (event.key === "ArrowUp" && Math.max(at, inList) >= 0) go(Math.max(at, inList) - 1);
    else if (event.key === "Enter" && at >= 0 && inList < 0) options[at].click();
    else if (event.key === "Escape") escape();
    else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", key);
  results.addEventListener("click", (event) => event.target.closest("a.hit") && opened());
  renewed();
  return { renewed };
}

function isTyping(element) {
  return element?.matches("input, textarea, select") || element?.isContentEditable;
}
