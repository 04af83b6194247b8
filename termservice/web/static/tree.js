// Opens and closes branches of a tree in place. Without this file each toggle is a link to the page with it open.

for (const tree of document.querySelectorAll(".tree")) {
  prepare(tree);
  tree.addEventListener("click", (event) => {
    const toggle = event.target.closest("a.toggle");
    if (!toggle || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(tree, toggle);
  });
  tree.addEventListener("keydown", (event) => key(tree, event));
}

function prepare(part) {
  for (const toggle of part.querySelectorAll("a.toggle")) toggle.setAttribute("role", "button");
}

const isOpen = (toggle) => toggle.getAttribute("aria-expanded") === "true";

async function turn(tree, toggle) {
  const item = toggle.closest("li");
  const below = item.querySelector(":scope > ul");
  if (below) {
    below.hidden = isOpen(toggle);
    toggle.setAttribute("aria-expanded", String(!below.hidden));
    remember(tree);
  } else if (!toggle.hasAttribute("aria-busy")) {
    await grow(tree, toggle, item);
  }
}

async function grow(tree, toggle, item) {
  toggle.setAttribute("aria-busy", "true");
  item.querySelector(":scope > [role=alert]")?.remove();
  try {
    const response = await fetch(toggle.dataset.branch);
    if (!response.ok) throw new Error(response.status);
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("ul");
    prepare(fresh);
    item.append(fresh);
    toggle.setAttribute("aria-expanded", "true");
    remember(tree);
  } catch {
    const failed = document.createElement("p");
    failed.setAttribute("role", "alert");
    failed.textContent = tree.dataset.failed;
    item.append(failed);
  }
  toggle.removeAttribute("aria-busy");
}

// The address follows what is open, so that Back and a copied link lead to the same tree. What the page itself keeps
// open (the way down to its code) is not in it.
function remember(tree) {
  const address = new URL(location.href);
  address.searchParams.delete("open");
  const open = tree.querySelectorAll('a.toggle[aria-expanded="true"]:not([data-kept])');
  for (const toggle of open) if (!toggle.closest("ul[hidden]")) address.searchParams.append("open", toggle.dataset.code);
  history.replaceState(history.state, "", address);
}

function key(tree, event) {
  const toggle = event.target.closest(".node")?.querySelector("a.toggle");
  if (event.key === " " && event.target === toggle) turn(tree, toggle);
  else if (event.key === "ArrowRight" && toggle && !isOpen(toggle)) turn(tree, toggle);
  else if (event.key === "ArrowLeft" && toggle && isOpen(toggle)) turn(tree, toggle);
  else if (event.key === "ArrowDown") step(tree, event.target, 1);
  else if (event.key === "ArrowUp") step(tree, event.target, -1);
  else return;
  event.preventDefault();
}

function step(tree, from, by) {
  const names = [...tree.querySelectorAll("a.to")].filter((name) => !name.closest("ul[hidden]"));
  const here = from.closest(".node")?.querySelector("a.to");
  names[names.indexOf(here) + by]?.focus();
}
