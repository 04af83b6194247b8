// The searches one made last. They stay in this browser: nothing of them is sent anywhere.

const KEY = "termservice.recent";
const MOST = 8;

// `section` is shown where there are any; it has a list, and a button that forgets them all.
export function recentSearches(section) {
  const list = section.querySelector("ul");
  section.querySelector("button").addEventListener("click", () => {
    save([]);
    show();
    document.getElementById("q").focus();
  });
  show();
  addEventListener("storage", (event) => event.key === KEY && show());

  function show() {
    const searches = load();
    list.replaceChildren(...searches.map(item));
    section.hidden = !searches.length;
  }

  function add(query, address) {
    if (query === "") return;
    // What one typed on the way to this search is not a search of its own.
    const others = load().filter((each) => each.address !== address && !(isFresh(each) && query.startsWith(each.query)));
    save([{ query, address, at: Date.now() }, ...others].slice(0, MOST));
    show();
  }

  return { add };
}

const isFresh = (each) => Date.now() - each.at < 30_000;

function item({ query, address }) {
  const link = document.createElement("a");
  link.href = address;
  link.dataset.search = "";
  link.textContent = query;
  const entry = document.createElement("li");
  entry.append(link);
  return entry;
}

// Storage may be off, full, or hold what another program left.
function load() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY)) ?? [];
    return kept.filter((each) => typeof each.query === "string" && /^\?/.test(each.address)).slice(0, MOST);
  } catch {
    return [];
  }
}

function save(searches) {
  try {
    if (searches.length) localStorage.setItem(KEY, JSON.stringify(searches));
    else localStorage.removeItem(KEY);
  } catch {
    // without storage there are no recent searches
  }
}
