// Shows the answer of an example under its link instead of leaving the page.

for (const link of document.querySelectorAll("a[data-try]")) {
  const output = link.closest(".operation").querySelector("output");
  link.addEventListener("click", async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const text = document.createElement("pre");
    text.tabIndex = 0;
    try {
      const response = await fetch(link.href);
      const body = await response.text();
      const json = response.headers.get("content-type")?.includes("json") && !link.href.includes("ndjson");
      const shown = json ? JSON.stringify(JSON.parse(body), null, 2) : body;
      text.textContent = `${response.status} ${response.statusText}\n\n${shown.slice(0, 20000)}`;
    } catch (error) {
      text.textContent = String(error);
    }
    output.replaceChildren(text);
  });
}
