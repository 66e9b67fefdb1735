// Short messages at the bottom; a change that can be taken back offers Undo and Ctrl+Z.
(() => {
  "use strict";

  const region = document.querySelector(".toasts");
  const UNDO_MS = 6000;
  const undoable = [];

  // A modal dialog makes everything outside it dead, so the region moves into it.
  function raise() {
    const host = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
    if (region.parentElement !== host) host.append(region);
    if (!region.showPopover) return;
    if (region.matches(":popover-open")) region.hidePopover();
    region.showPopover();
  }

  async function undoAt(url) {
    const response = await hub.post(url);
    if (response.ok) location.reload();
    else toast(await hub.problem(response), { bad: true });
  }

  function remove(shown) {
    const place = undoable.findIndex((entry) => entry.shown === shown);
    if (place >= 0) undoable.splice(place, 1);
    shown.remove();
  }

  function undoButton(shown, undo) {
    const act = typeof undo === "function" ? undo : () => undoAt(undo);
    const button = hub.element("button", "", "Undo", hub.element("kbd", "no-m", "Ctrl Z"));
    button.type = "button";
    const run = () => {
      remove(shown);
      act();
    };
    button.addEventListener("click", run);
    undoable.push({ shown, run });
    return button;
  }

  function closeButton(shown) {
    const button = hub.element("button", "x", hub.icon("x", { small: true }));
    button.type = "button";
    button.setAttribute("aria-label", "Dismiss");
    button.addEventListener("click", () => remove(shown));
    return button;
  }

  // Errors stay until dismissed; a pointer or the focus on a message holds it.
  function expire(shown, ms) {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    const start = () => {
      stop();
      timer = setTimeout(() => remove(shown), ms);
    };
    for (const event of ["pointerenter", "focusin"]) shown.addEventListener(event, stop);
    for (const event of ["pointerleave", "focusout"]) shown.addEventListener(event, start);
    start();
  }

  function toast(text, { bad = false, undo = null, ms = bad ? 0 : UNDO_MS } = {}) {
    const shown = hub.element("div", bad ? "toast-h bad" : "toast-h");
    shown.append(hub.icon(bad ? "alert-triangle" : "circle-check"), hub.element("span", "", text));
    if (undo) shown.append(undoButton(shown, undo));
    if (!ms) shown.append(closeButton(shown));
    region.append(shown);
    raise();
    if (ms) expire(shown, ms);
    return shown;
  }

  // Messages of the server stand in the page as a list, for browsers without scripts.
  function adopt() {
    for (const item of document.querySelectorAll("[data-flash]")) {
      const undo = /(?:^|\s)undo:(\S+)/.exec(item.dataset.extra ?? "")?.[1];
      const bad = item.dataset.flash === "error" || item.dataset.flash === "warning";
      toast(item.dataset.text, { bad, undo: undo ?? null });
    }
    document.querySelector(".flash")?.remove();
  }

  document.addEventListener("keydown", (event) => {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (!isUndo || !undoable.length || hub.isTyping(event.target)) return;
    event.preventDefault();
    undoable.at(-1).run();
  });
  document.addEventListener("toast", (event) => {
    const told = event.detail.value && typeof event.detail.value === "object" ? event.detail.value : event.detail;
    if (typeof told.text === "string") toast(told.text, told);
  });

  document.addEventListener("close", () => region.childElementCount && raise(), true);

  hub.toast = toast;
  adopt();
})();
