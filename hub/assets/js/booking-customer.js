// The customer of a booking or a wish: found by name, phone or e-mail while typing, or added on
// the spot.
(() => {
  "use strict";

  const WAIT_MS = 160;
  const panel = document.querySelector("#booking, [data-customer-choice]");
  if (!panel) return;

  let options = [];
  let active = -1;
  let timer = 0;
  let asked = 0;

  const form = () => panel.querySelector("form[data-options]");
  const input = () => document.getElementById("booking-customer");
  const list = () => document.getElementById("booking-customers");
  const part = (name) => form().querySelector(`[data-combo-${name}]`);
  const hidden = () => form().elements.customer;

  function take(customer) {
    hidden().value = customer.id;
    part("name").textContent = customer.name;
    part("detail").textContent = customer.detail ?? customer.code ?? "";
    part("avatar").replaceChildren(hub.avatar({ name: customer.name, hue: customer.name.length }));
    part("picked").hidden = false;
    part("search").hidden = true;
    if (part("new")) part("new").hidden = true;
    input().value = "";
    close();
    hub.booking?.refresh();
    form().elements.service.focus();
  }

  function change() {
    hidden().value = "";
    part("picked").hidden = true;
    part("search").hidden = false;
    input().focus();
    hub.booking?.refresh();
  }

  function close() {
    clearTimeout(timer);
    asked += 1;
    list().hidden = true;
    input().setAttribute("aria-expanded", "false");
    input().removeAttribute("aria-activedescendant");
    active = -1;
  }

  function option(found, place) {
    const body = hub.element("span", "combo-name", found.name, hub.element("small", "", found.detail ?? ""));
    const made = hub.element("div", "combo-option", found.icon ? hub.icon(found.icon) : "", body);
    made.id = `booking-customer-${place}`;
    made.setAttribute("role", "option");
    made.setAttribute("aria-selected", "false");
    made.dataset.comboOption = place;
    return made;
  }

  function show(found, text) {
    options = [...found];
    if (part("new")) options.push({ icon: "user-plus", name: `Add “${text}” as a new customer`, isNew: true, text });
    const rows = options.map(option);
    if (!found.length) rows.unshift(hub.element("div", "combo-none", "Nobody found by this name, phone or e-mail."));
    list().replaceChildren(...rows);
    list().hidden = false;
    input().setAttribute("aria-expanded", "true");
    point(0);
  }

  function point(place) {
    if (!options.length) return;
    active = (place + options.length) % options.length;
    list().querySelectorAll("[role=option]").forEach((row, at) => {
      row.setAttribute("aria-selected", String(at === active));
      if (at !== active) return;
      row.scrollIntoView({ block: "nearest" });
      input().setAttribute("aria-activedescendant", row.id);
    });
  }

  async function search() {
    const text = input().value.trim();
    if (text.length < 2) return close();
    const mine = ++asked;
    try {
      const query = new URLSearchParams({ q: text });
      const response = await fetch(`${form().dataset.options}?${query}`, { headers: { Accept: "application/json" } });
      if (mine !== asked) return null;
      if (!response.ok || response.redirected) return hub.toast(await hub.problem(response), { bad: true });
      return show((await response.json()).results, text);
    } catch {
      return hub.toast(hub.wording(0, "", ""), { bad: true });
    }
  }

  function choose(place) {
    const found = options[place];
    if (!found) return;
    if (found.isNew) create(found.text);
    else take(found);
  }

  // The new customer's fields stand in the booking form, but are sent on their own.
  const NEW = [
    { name: "given_name", label: "First name", type: "text", autocomplete: "off" },
    { name: "family_name", label: "Last name", type: "text", autocomplete: "off" },
    { name: "email", label: "E-mail", type: "email", autocomplete: "off" },
    { name: "phone", label: "Phone", type: "tel", autocomplete: "off" },
  ];

  function newField({ name, label, type, autocomplete }, value) {
    const box = Object.assign(document.createElement("input"), { id: `new-${name}`, type, autocomplete, value, className: "in" });
    box.dataset.comboField = name;
    const words = hub.element("label", "", label);
    words.htmlFor = box.id;
    const errors = hub.element("ul", "errorlist");
    errors.id = `new-${name}-error`;
    return hub.element("div", "field", words, box, errors);
  }

  function guess(text) {
    if (text.includes("@")) return { email: text };
    if (/^[+\d][\d\s()./-]{4,}$/.test(text)) return { phone: text };
    const [first, ...rest] = text.split(/\s+/);
    return { given_name: first, family_name: rest.join(" ") };
  }

  function create(text) {
    close();
    const values = guess(text);
    const fields = NEW.map((field) => newField(field, values[field.name] ?? ""));
    const add = hub.element("button", "b sm p", "Add customer");
    const cancel = hub.element("button", "b sm ghost", "Back to search");
    add.type = cancel.type = "button";
    add.addEventListener("click", () => save(add));
    cancel.addEventListener("click", () => {
      part("new").hidden = true;
      part("search").hidden = false;
      input().focus();
    });
    const rows = [hub.element("div", "row2", fields[0], fields[1]), hub.element("div", "row2", fields[2], fields[3])];
    part("new").replaceChildren(...rows, hub.element("div", "acts-l", add, cancel));
    part("new").hidden = false;
    part("search").hidden = true;
    part("new").querySelector("input").focus();
  }

  async function save(button) {
    const body = new URLSearchParams({ location: form().elements.location.value });
    for (const box of part("new").querySelectorAll("[data-combo-field]")) body.set(box.dataset.comboField, box.value);
    button.disabled = true;
    try {
      const response = await hub.post(form().dataset.quick, { body });
      if (response.ok && !response.redirected) added(await response.json());
      else await refused(response);
    } catch {
      hub.toast(hub.wording(0, "", ""), { bad: true });
    }
    button.disabled = false;
  }

  function added(customer) {
    take(customer);
    hub.toast(customer.note || (customer.created ? `${customer.name} was added.` : `${customer.name} is known already.`));
  }

  async function refused(response) {
    const told = response.status === 422 || response.status === 400 ? await response.clone().json().catch(() => ({})) : {};
    const errors = new Map((told.errors ?? []).map((error) => [error.pointer?.split("/").at(-1), error.detail]));
    let first = null;
    for (const box of part("new").querySelectorAll("[data-combo-field]")) {
      const text = errors.get(box.dataset.comboField);
      const shown = document.getElementById(`${box.id}-error`);
      shown.replaceChildren(...(text ? [hub.element("li", "", text)] : []));
      box.toggleAttribute("aria-invalid", Boolean(text));
      if (text) {
        box.setAttribute("aria-invalid", "true");
        box.setAttribute("aria-describedby", shown.id);
        first ??= box;
      }
    }
    first?.focus();
    if (!first) hub.toast(await hub.problem(response), { bad: true });
  }

  panel.addEventListener("input", (event) => {
    if (event.target !== input()) return;
    clearTimeout(timer);
    timer = setTimeout(search, WAIT_MS);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.target.dataset?.comboField && event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      part("new").querySelector(".b.p").click();
    }
    if (event.target !== input()) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list().hidden) {
      event.preventDefault();
      point(active + step);
    } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (!list().hidden) choose(active);
    } else if (event.key === "Escape" && !list().hidden) {
      event.stopPropagation();
      close();
    }
  });
  panel.addEventListener("focusout", (event) => {
    if (event.target === input() && !list().contains(event.relatedTarget)) setTimeout(() => list()?.hidden || close(), 150);
  });
  hub.on("[data-combo-option]", "pointerdown", (event, row) => {
    event.preventDefault();
    choose(Number(row.dataset.comboOption));
  });
  hub.on("[data-combo-change]", "click", () => change());

  hub.customerChoice = { take, input, isChosen: () => Boolean(hidden().value) };
})();
