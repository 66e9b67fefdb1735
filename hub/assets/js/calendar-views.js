// The week, the month and the list: cards of appointments in place, and what changed meanwhile.
(() => {
  "use strict";

  const LOOK_MS = 30_000;
  if (!document.getElementById("calview")) return;

  hub.on("[data-card]", "click", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    hub.appointmentDialog.show(link.dataset.card);
  });
  hub.on("[data-print]", "click", () => print());

  // Only what differs is drawn anew; the link that had the focus keeps it.
  function draw(text) {
    const shown = document.getElementById("calview");
    const newest = new DOMParser().parseFromString(text, "text/html").getElementById("calview");
    if (!newest || newest.innerHTML === shown.innerHTML) return;
    const focused = shown.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    shown.replaceWith(newest);
    if (focused) newest.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }

  async function look() {
    try {
      const response = await fetch(location.href, { credentials: "same-origin", cache: "no-store" });
      if (response.ok && !response.redirected) draw(await response.text());
    } catch {
      // No connection: the next look may have one.
    }
  }

  const quiet = () => document.hidden || document.querySelector("dialog[open]");
  setInterval(() => quiet() || look(), LOOK_MS);
  document.addEventListener("visibilitychange", () => document.hidden || look());
  document.addEventListener("hub:appointment", look);
})();
