// The day on paper: a table for each person, made when the page is printed.
(() => {
  "use strict";

  const sheet = document.querySelector("[data-cal-sheet]");
  if (!sheet) return;
  let feed = null;

  function cell(tag, text, className = "") {
    const made = hub.element(tag, className, text);
    if (tag === "th") made.scope = "col";
    return made;
  }

  function row(item) {
    const status = hub.day.STATUS[item.status]?.words ?? "";
    const times = `${hub.day.clock(item.start)} – ${hub.day.clock(item.end)}`;
    return hub.element("tr", "", cell("td", times, "num"), cell("td", item.customer), cell("td", item.service), cell("td", status));
  }

  function table(person, items) {
    const heads = ["Time", "Customer", "Service", "Status"].map((text) => cell("th", text));
    const head = hub.element("thead", "", hub.element("tr", "", ...heads));
    const body = hub.element("tbody", "", ...items.map(row));
    const made = hub.element("table", "tbl plain", head, body);
    const hours = person.hours.map(([start, end]) => `${start} – ${end}`).join(", ");
    return hub.element("section", "", hub.element("h2", "", `${person.name} · ${hours || "not working"}`), made);
  }

  function draw() {
    const heading = hub.element("h1", "", `${sheet.dataset.place}, ${hub.day.title(feed.date)}`);
    const itemsOf = (person) => feed.appointments.filter((item) => [item.staff, ...item.beside].includes(person.id));
    const sections = feed.staff.map((person) => table(person, itemsOf(person)));
    sheet.replaceChildren(heading, ...sections);
  }

  addEventListener("beforeprint", () => feed && draw());
  addEventListener("afterprint", () => sheet.replaceChildren());
  hub.on("[data-cal-print]", "click", () => print());

  hub.daySheet = { use: (newest) => (feed = newest) };
})();
