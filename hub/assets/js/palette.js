// The command palette: a combobox over commands of this page and records found by the server.
(() => {
  "use strict";

  const dialog = document.querySelector("dialog.cmd");
  if (!dialog) return;
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector(".none");
  const commands = dialog.querySelector("[data-commands]");
  const found = dialog.querySelector("[data-found]");
  const WAIT_MS = 120;
  let asked = 0;
  let timer = 0;
  let running = null;

  const options = () => [...list.querySelectorAll("[role=option]")].filter((option) => !option.hidden);
  const current = () => list.querySelector("[role=option][aria-selected=true]");

  function select(option) {
    current()?.setAttribute("aria-selected", "false");
    none.hidden = Boolean(option);
    if (!option) {
      input.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.id ||= `option-${(asked += 1)}`;
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function filterCommands(words) {
    const letters = words.replaceAll(" ", "");
    let jump = null;
    for (const option of commands.querySelectorAll("[role=option]")) {
      const keys = (option.dataset.keysText ?? "").replaceAll(" ", "");
      option.hidden = Boolean(words) && keys !== letters && !option.textContent.toLowerCase().includes(words);
      if (words && keys === letters) jump = option;
    }
    for (const group of commands.querySelectorAll("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    return jump;
  }

  async function ask(words) {
    running?.abort();
    running = new AbortController();
    try {
      const url = `${dialog.dataset.searchUrl}?${new URLSearchParams({ q: words })}`;
      const response = await fetch(url, { signal: running.signal, headers: { "X-Requested-With": "fetch" } });
      if (!response.ok || response.redirected) throw new Error(String(response.status));
      found.innerHTML = await response.text();
    } catch (failure) {
      if (failure.name === "AbortError") return;
      found.replaceChildren();
    }
    select(filterCommands(words) ?? options()[0]);
  }

  function search() {
    const words = input.value.trim().toLowerCase();
    const jump = filterCommands(words);
    clearTimeout(timer);
    if (words.length < 2) {
      running?.abort();
      found.replaceChildren();
    } else timer = setTimeout(ask, WAIT_MS, words);
    select(jump ?? options()[0]);
  }

  function run(option, inNewTab = false) {
    if (!option) return;
    dialog.close();
    if (option.dataset.clicks) document.getElementById(option.dataset.clicks)?.click();
    else if (inNewTab) open(option.dataset.href, "_blank", "noopener");
    else location.assign(option.dataset.href);
  }

  function show() {
    if (dialog.open) return;
    hub.closeMenus?.();
    dialog.showModal();
    input.select();
    search();
  }

  function step(by) {
    const all = options();
    if (all.length) select(all[(all.indexOf(current()) + by + all.length) % all.length]);
  }

  input.addEventListener("input", search);
  dialog.addEventListener("keydown", (event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) step(moves[event.key]);
    else if (event.key === "Enter" && !event.isComposing) run(current(), event.ctrlKey || event.metaKey);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== current()) select(option);
  });
  list.addEventListener("click", (event) => run(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
  hub.on("[data-cmd]", "click", show);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      show();
    }
  });
  dialog.addEventListener("close", () => (input.value = ""));
  hub.openPalette = show;
})();
