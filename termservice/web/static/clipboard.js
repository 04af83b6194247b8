// Puts a text on the clipboard. Gives whether that was done.

export async function put(text) {
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
