// Puts a code, or a code with its text, on the clipboard and says so.

const SHOWN = 2500; // milliseconds that a button says it is done

document.documentElement.classList.add("scripted");
const status = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    if (!(await put(button.dataset.copy))) return;
    status.textContent = button.dataset.done;
    button.classList.add("done");
    setTimeout(() => {
      button.classList.remove("done");
      status.textContent = "";
    }, SHOWN);
  });
}

async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return putByHand(text); // no permission, or a page that came without TLS
  }
}

function putByHand(text) {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.className = "unseen";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}
