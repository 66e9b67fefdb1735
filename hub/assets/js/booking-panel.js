// The booking panel: opened by N, the button, or a click into free time; the server knows the times.
(() => {
  "use strict";

  const panel = document.getElementById("booking");
  if (!panel) return;

  // What changes the open times; notes and the reason do not.
  const ASKED = ["service", "staff", "date", "time", "other_time", "customer"];
  let opener = null;

  const form = () => document.getElementById("booking-form");
  const times = () => document.getElementById("open-times");
  const field = (name) => form().elements[name];

  // One question at a time; what changed meanwhile is asked once more afterwards.
  let asking = false;
  let again = false;
  function refresh() {
    again = asking;
    if (asking || !times()) return;
    asking = true;
    htmx.ajax("GET", times().dataset.url, { source: times(), target: times(), swap: "outerHTML" }).finally(() => {
      asking = false;
      if (again) refresh();
    });
  }

  function chosenTime() {
    const picked = form().querySelector("[name=time]:checked, [name=time][type=hidden]");
    if (!picked) return "";
    return picked.value === "other" ? (field("other_time")?.value ?? "") : picked.value.slice(0, 5);
  }
  function nameTime() {
    panel.querySelector("[data-book-time]").textContent = chosenTime();
  }

  // Fills in what a click into the calendar, or a link, already says.
  function fill({ staff, date, time, customer }) {
    if (staff && field("staff") && [...field("staff").options].some((option) => option.value === staff)) field("staff").value = staff;
    if (date) field("date").value = date;
    if (customer) hub.customerChoice.take(customer);
    if (time) want(time);
    refresh();
  }

  // Whatever radios are there now will be replaced; a wanted time travels as the other time.
  function want(time) {
    for (const radio of form().querySelectorAll("[name=time]")) {
      if (radio.type === "radio") radio.checked = radio.value === time;
    }
    const has = [...form().querySelectorAll("[name=time]")].some((radio) => radio.checked);
    if (has) return;
    let other = field("other_time");
    if (!other) {
      other = Object.assign(document.createElement("input"), { type: "hidden", name: "other_time" });
      times().append(other);
    }
    other.value = time;
    const radio = form().querySelector("[name=time][value=other][type=radio]");
    if (radio) radio.checked = true;
  }

  function open(values = {}) {
    opener ??= document.activeElement;
    panel.classList.add("open");
    fill(values);
    const missing = form().querySelector("[name=customer]").value ? field("service") : hub.customerChoice.input();
    missing.focus();
  }

  function day(date) {
    if (!panel.classList.contains("open")) field("date").value = date;
  }

  hub.on("[data-cal-new]", "click", () => open());
  // The phone's "+" and the palette lead here with an address; on this page it opens at once.
  hub.on("a[href*='/calendar/?new=1']", "click", (event, link) => {
    if (event.ctrlKey || event.metaKey || link.search.includes("customer=")) return;
    event.preventDefault();
    open();
  });

  panel.addEventListener("change", (event) => {
    if (!ASKED.includes(event.target.name)) return;
    if (event.target.name === "date" && event.target.validity.valid) followDay();
    if (event.target.name === "time") showOther(event.target.value === "other");
    if (event.target.name !== "time" || event.target.value !== "other" || field("other_time")?.value) refresh();
    nameTime();
  });
  function showOther(shown) {
    const other = panel.querySelector(".other-time");
    if (!other) return;
    other.hidden = !shown;
    if (shown) other.querySelector("input").focus();
    else other.querySelector("input").value = "";
  }

  hub.on("[data-pick-time]", "click", (event, button) => {
    field("date").value = button.dataset.pickDate;
    want(button.dataset.pickTime);
    followDay();
    refresh();
  });
  // The calendar shows the day that is being booked.
  function followDay() {
    document.dispatchEvent(new CustomEvent("hub:booking-day", { detail: { date: field("date").value } }));
  }

  document.addEventListener("keydown", (event) => {
    const isBook = event.key === "Enter" && (event.ctrlKey || event.metaKey);
    if (!isBook || !panel.classList.contains("open") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    form().requestSubmit();
  });

  // Keeps the focus on the same time when the times are drawn anew.
  let kept = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target !== times()) return;
    if (again) {
      event.detail.shouldSwap = false; // An answer to what was asked before the last key.
      return;
    }
    const focused = document.activeElement;
    kept = times().contains(focused) ? { name: focused.name || "time", value: focused.value } : null;
  });
  document.addEventListener("htmx:load", () => {
    nameTime();
    if (!kept || !times()) return;
    const again = [...times().querySelectorAll(`[name="${kept.name}"]`)];
    const same = again.find((input) => input.value === kept.value) ?? again.find((input) => input.checked) ?? again[0];
    kept = null;
    same?.focus();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!panel.contains(event.detail.elt) && event.detail.target !== form()) return;
    form()?.querySelector("#booking-form > .note.bad, [aria-invalid=true]:not([type=hidden])")?.focus?.();
  });

  document.addEventListener("hub:appointment", (event) => event.detail.booked && hub.closePanel());
  panel.addEventListener("hub:panel-closed", () => {
    document.dispatchEvent(new CustomEvent("hub:booking-closed"));
    opener?.focus?.();
    opener = null;
  });

  hub.booking = { open, day, refresh };
  if (panel.classList.contains("open")) {
    refresh();
    (hub.customerChoice.isChosen() ? field("service") : hub.customerChoice.input()).focus();
  }
})();
