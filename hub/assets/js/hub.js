// The namespace the other files share: elements, icons, requests.
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";

  function icon(name, { small = false } = {}) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", small ? "icon icon-sm" : "icon");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `${document.documentElement.dataset.icons}#${name}`);
    svg.append(use);
    return svg;
  }

  function element(tag, className = "", ...children) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function initials(name) {
    const words = name.split(/\s+/).filter(Boolean);
    return [...new Set([words.at(0), words.at(-1)])].map((word) => word?.[0] ?? "").join("").toUpperCase();
  }

  function avatar({ name, hue }) {
    const made = element("span", `av a${((hue - 1) % 6) + 1}`, initials(name));
    made.setAttribute("aria-hidden", "true");
    return made;
  }

  // The token changes at sign-in, so it is read at the moment of use.
  function csrf() {
    return document.querySelector("meta[name=csrf-token]")?.content ?? "";
  }

  function post(url, { body = null, json, headers = {} } = {}) {
    const sent = new Headers({ "X-CSRFToken": csrf(), "X-Requested-With": "fetch", ...headers });
    if (json !== undefined) sent.set("Content-Type", "application/json");
    return fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: sent,
      body: json === undefined ? body : JSON.stringify(json),
    });
  }

  const WORDS = {
    0: "The hub cannot be reached. Nothing was saved.",
    401: "You are signed out. Sign in again to go on.",
    403: "You are not allowed to do this.",
    404: "This no longer exists.",
    412: "Someone else changed this in the meantime. Reload to see it.",
    429: "Too many requests. Wait a moment and try again.",
  };

  // One readable sentence for an answer that is not a success.
  async function problem(response) {
    const type = response.headers.get("Content-Type") ?? "";
    return wording(response.status, type, type.includes("html") ? "" : await response.text());
  }

  function wording(status, type, text) {
    if (type.includes("json")) {
      try {
        const told = JSON.parse(text);
        const detail = told.detail ?? told.title ?? told.errors?.[0]?.detail;
        if (detail) return detail;
      } catch {
        return WORDS[status] ?? WORDS[0];
      }
    }
    if (type.includes("text/plain") && text && text.length < 300) return text;
    return WORDS[status] ?? "Something went wrong. Nothing was saved.";
  }

  function on(selector, event, act) {
    document.addEventListener(event, (fired) => {
      const found = fired.target.closest?.(selector);
      if (found) act(fired, found);
    });
  }

  function isTyping(target) {
    return Boolean(target.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]"));
  }

  window.hub = { icon, element, avatar, csrf, post, problem, wording, on, isTyping };
})();
