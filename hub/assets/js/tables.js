// Rows that lead somewhere, and rows that are chosen for one act on many.
(() => {
  "use strict";

  hub.on("[data-href]:not([role=option])", "click", (event, row) => {
    if (event.target.closest("a, button, input, label, select, summary") || String(getSelection())) return;
    if (event.ctrlKey || event.metaKey) open(row.dataset.href, "_blank", "noopener");
    else location.assign(row.dataset.href);
  });

  function refresh(scope) {
    const boxes = [...scope.querySelectorAll("[data-select]")];
    const chosen = boxes.filter((box) => box.checked).length;
    for (const all of scope.querySelectorAll("[data-select-all]")) {
      all.checked = chosen > 0 && chosen === boxes.length;
      all.indeterminate = chosen > 0 && chosen < boxes.length;
    }
    for (const bar of scope.querySelectorAll("[data-bulk]")) bar.hidden = chosen === 0;
    for (const count of scope.querySelectorAll("[data-bulk-count]")) count.textContent = String(chosen);
  }

  hub.on("[data-select-all], [data-select]", "change", (event, box) => {
    const scope = box.closest("[data-selection]");
    if (!scope) return;
    if (box.matches("[data-select-all]")) {
      for (const one of scope.querySelectorAll("[data-select]")) one.checked = box.checked;
    }
    refresh(scope);
  });
  document.querySelectorAll("[data-selection]").forEach(refresh);
  document.addEventListener("htmx:load", (event) => {
    const scope = event.detail.elt.closest?.("[data-selection]") ?? event.detail.elt.querySelector?.("[data-selection]");
    if (scope) refresh(scope);
  });
})();
