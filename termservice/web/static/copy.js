// Puts a code, or a code with its text, on the clipboard and says so.

import { put } from "./clipboard.js";

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
