// Tags in one line: what is offered completes the last of them, behind the last comma.
(() => {
  "use strict";

  const listOf = (field) => document.getElementById(field.getAttribute("list"));
  const first = new WeakMap();

  function offer(field) {
    const list = listOf(field);
    if (!list) return;
    if (!first.has(list)) first.set(list, [...list.options].map((option) => option.value));
    const typed = field.value.split(",").map((word) => word.trim());
    const begun = typed.slice(0, -1);
    const before = begun.map((word) => `${word}, `).join("");
    const left = first.get(list).filter((word) => !begun.includes(word.toLowerCase()));
    list.replaceChildren(...left.map((word) => Object.assign(document.createElement("option"), { value: before + word })));
  }

  hub.on("[data-tags]", "input", (event, field) => offer(field));
})();
