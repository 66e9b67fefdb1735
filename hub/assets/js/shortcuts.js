// Keyboard shortcuts: elements name their keys in data-keys; "?" lists those of this page.
(() => {
  "use strict";

  const PAUSE_MS = 900;
  let typed = "";
  let timer = 0;

  function visible(found) {
    return found.checkVisibility ? found.checkVisibility() : found.offsetParent !== null;
  }
  // The visible one of several wins (the button rather than the phone's bar).
  function holder(keys) {
    const all = [...document.querySelectorAll("[data-keys]")].filter((found) => found.dataset.keys === keys);
    return all.find(visible) ?? all[0];
  }
  function begins(keys) {
    return [...document.querySelectorAll("[data-keys]")].some((found) => found.dataset.keys.startsWith(`${keys} `));
  }
  function ignored(event) {
    const withModifier = event.ctrlKey || event.metaKey || event.altKey;
    return withModifier || event.defaultPrevented || hub.isTyping(event.target) || document.querySelector("dialog[open]");
  }

  document.addEventListener("keydown", (event) => {
    if (ignored(event) || event.key.length !== 1) return;
    clearTimeout(timer);
    const keys = `${typed} ${event.key.toLowerCase()}`.trim();
    const found = holder(keys) ?? holder(event.key.toLowerCase());
    typed = begins(keys) ? keys : "";
    if (found) {
      event.preventDefault();
      typed = "";
      found.click();
    } else if (typed) {
      timer = setTimeout(() => (typed = ""), PAUSE_MS);
    }
  });

  function keyCaps(keys) {
    const caps = keys.split(" ").map((key) => hub.element("kbd", "", key.length === 1 ? key.toUpperCase() : key));
    return caps.flatMap((cap, place) => (place ? [" ", cap] : [cap]));
  }
  function wording(found) {
    return found.dataset.keysLabel ?? found.getAttribute("aria-label") ?? ownText(found);
  }
  function ownText(found) {
    const copy = found.cloneNode(true);
    copy.querySelectorAll("kbd, .cnt").forEach((part) => part.remove());
    return copy.textContent.trim();
  }

  hub.on("[data-dialog-open=shortcuts]", "click", () => {
    const list = document.querySelector("[data-keys-of-page]");
    const seen = new Map();
    for (const found of document.querySelectorAll("[data-keys]")) {
      if (found.dataset.keys !== "?") seen.set(found.dataset.keys, wording(found));
    }
    list.replaceChildren();
    for (const [keys, text] of [...seen].sort()) {
      list.append(hub.element("dt", "", text), hub.element("dd", "", ...keyCaps(keys)));
    }
  });
})();
