// Loaded before the first paint: the chosen theme, or the system's.
(() => {
  "use strict";

  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system"; // storage is switched off
    }
  }

  function apply() {
    const choice = chosen();
    root.dataset.bsTheme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
    root.dataset.themeChoice = choice;
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      if (button !== root) button.setAttribute("aria-pressed", String(button.dataset.themeChoice === choice));
    }
  }

  function choose(choice) {
    try {
      localStorage.setItem("theme", choice);
    } catch {
      root.dataset.bsTheme = choice;
    }
    apply();
    document.dispatchEvent(new Event("hub:theme"));
  }

  root.classList.add("js");
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-theme-choice]");
    if (button) choose(button.dataset.themeChoice);
  });
  system.addEventListener("change", () => {
    apply();
    document.dispatchEvent(new Event("hub:theme"));
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") apply();
  });
})();
