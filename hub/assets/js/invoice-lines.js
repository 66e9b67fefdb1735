// Rows of a draft: add and remove. What they come to is computed by the server.
(() => {
  "use strict";

  const form = document.getElementById("lines");
  if (!form) return;
  const list = form.querySelector("[data-lines]");
  const template = form.querySelector("[data-line-template]");
  const none = form.querySelector("[data-lines-none]");
  const taken = [...list.querySelectorAll("[name$=-description]")].map((input) => Number(input.name.split("-")[1]));
  let next = Math.max(-1, ...taken) + 1;

  // Guards and totals listen to input; taking a row away is input as well.
  function changed() {
    none.hidden = Boolean(list.querySelector("[data-line]"));
    form.elements.version.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function add() {
    const made = document.createElement("template");
    made.innerHTML = template.innerHTML.replaceAll("__row__", String(next++));
    const row = made.content.querySelector("[data-line]");
    list.append(row);
    changed();
    row.querySelector("input:not([type=hidden])").focus();
  }

  function remove(row) {
    const neighbor = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    changed();
    (neighbor?.querySelector?.("input:not([type=hidden])") ?? form.querySelector("[data-line-add]")).focus();
  }

  hub.on("#lines [data-line-add]", "click", add);
  hub.on("#lines [data-line-remove]", "click", (event, button) => remove(button.closest("[data-line]")));
})();
