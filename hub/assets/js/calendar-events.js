// How a day is drawn: from the feed's plain values to columns and events. Times are wall-clock
// text such as 2027-03-01T09:00:00 and never become a Date in the zone of this computer.
(() => {
  "use strict";

  const MIDNIGHT = "24:00";
  const LAST = "23:59:59";

  const STATUS = {
    completed: { icon: "check", words: "completed" },
    no_show: { icon: "user-x", words: "no-show" },
    canceled: { icon: "calendar-cancel", words: "canceled, can be undone" },
    requested: { icon: "help", words: "requested" },
  };
  const SHORT_MINUTES = 40;
  const LONG_MINUTES = 60;
  const TAGGED_MINUTES = 80;

  const clock = (text) => text.slice(11, 16);
  const seconds = (text) => Date.parse(`${text}Z`) / 1000;
  const plus = (text, count) => new Date((seconds(text) + count) * 1000).toISOString().slice(0, 19);
  const minutesOf = (item) => (seconds(item.end) - seconds(item.start)) / 60;

  function background(feed, person, start, end, kind, title = "") {
    return {
      id: `${kind}-${person.id}-${start}`,
      resourceIds: [person.id],
      start: `${feed.date}T${start}`,
      end: `${feed.date}T${end === MIDNIGHT ? LAST : end}`,
      display: "background",
      classNames: [kind],
      title,
    };
  }

  const whyNone = (feed) => (feed.closed ? `Closed: ${feed.closed}` : "Not working");

  // What else they have, in calendars outside; only that they do is known.
  function elsewhere(feed, person) {
    const seen = person.elsewhere.filter(([start, end]) => start < end);
    return seen.map(([start, end]) => background(feed, person, start, end, "bg-ext", "Busy elsewhere"));
  }

  // What is not worked: before, between and after the stretches of work. Said in words where it
  // differs from most people's day.
  function offTimes(feed, person) {
    const worked = feed.staff.filter((one) => one.hours.length);
    const first = worked.map((one) => one.hours[0][0]).sort()[0];
    const last = worked.map((one) => one.hours.at(-1)[1]).sort().at(-1);
    const { opens, closes } = feed;
    const none = whyNone(feed);
    if (!person.hours.length) return [background(feed, person, opens, closes, "bg-off", none), ...elsewhere(feed, person)];
    const made = person.away.map(([start, end]) => background(feed, person, start, end, "bg-break", "Away"));
    made.push(...elsewhere(feed, person));
    let from = opens;
    person.hours.forEach(([start, end], place) => {
      if (start > from) {
        const begins = start === first ? "" : `Starts ${start}`;
        const title = place ? "Break" : begins;
        made.push(background(feed, person, from, start, place ? "bg-break" : "bg-off", title));
      }
      from = end;
    });
    const ends = from === last ? "" : `Until ${from}`;
    if (from < closes) made.push(background(feed, person, from, closes, "bg-off", ends));
    return made;
  }

  function peopleOf(item) {
    return [item.staff, ...item.beside];
  }

  function buffers(item) {
    const made = [];
    const add = (start, end, side) =>
      made.push({ id: `${side}-${item.id}`, resourceIds: peopleOf(item), start, end, display: "background", classNames: ["bg-buf"] });
    if (item.before) add(plus(item.start, -item.before * 60), item.start, "before");
    if (item.after) add(item.end, plus(item.end, item.after * 60), "after");
    return made;
  }

  // Nobody else can book it meanwhile; it goes by itself.
  function heldTime(held) {
    return {
      id: held.id,
      resourceIds: held.people,
      start: held.start,
      end: held.end,
      display: "background",
      classNames: ["bg-hold"],
      title: `Being booked, held until ${clock(held.until)}`,
    };
  }

  function classesOf(item, saving) {
    const made = [`ev-${item.hue}`];
    if (item.color) made.push("mark", `mark-${item.color}`);
    if (item.status === "completed" || item.status === "no_show") made.push("ev-done");
    if (item.status === "no_show") made.push("ev-missed");
    if (item.status === "canceled") made.push("ev-canceled", "ev-kept");
    if (item.status === "requested") made.push("ev-hold");
    if (saving) made.push("ev-saving");
    return made;
  }

  function event(item, saving = false) {
    return {
      id: item.id,
      resourceIds: peopleOf(item),
      start: item.start,
      end: item.end,
      title: item.customer,
      editable: item.movable && !saving,
      classNames: classesOf(item, saving),
      extendedProps: { item },
    };
  }

  function eventsOf(feed, saving = new Set()) {
    return [
      ...feed.staff.flatMap((person) => offTimes(feed, person)),
      ...feed.holds.map(heldTime),
      ...feed.appointments.flatMap(buffers),
      ...feed.appointments.map((item) => event(item, saving.has(item.id))),
    ];
  }

  function columnsOf(feed, only = null) {
    const shown = only ? feed.staff.filter((person) => person.id === only) : feed.staff;
    return shown.map((person) => ({ id: person.id, title: person.name, extendedProps: { person, none: whyNone(feed), date: feed.date } }));
  }

  // "" is a calendar that was never read.
  function unread(since, date) {
    if (!since) return "Outside calendar not read yet";
    const day = since.slice(0, 10) === date ? "" : `${title(since.slice(0, 10))}, `;
    return `Outside calendar last read ${day}${clock(since)}`;
  }

  function head({ resource }) {
    const { person, none, date } = resource.extendedProps;
    const words = hub.element("div", "", hub.element("b", "", person.name));
    if (person.booked === null) {
      words.append(hub.element("span", "u", person.gone ? "No longer here" : none));
    } else {
      words.append(hub.element("span", "u", `${person.booked}% booked`));
      const meter = hub.element("progress", "meter");
      meter.max = 100;
      meter.value = person.booked;
      meter.setAttribute("aria-label", `${person.name}: ${person.booked}% booked`);
      words.append(meter);
    }
    if (person.unread !== null) words.append(hub.element("span", "u unread", unread(person.unread, date)));
    return { domNodes: [hub.element("div", "staff", hub.avatar(person), words)] };
  }

  // Tags and color in words: no color stands for anything alone.
  function marks(item) {
    const tags = item.tags.length ? `tags: ${item.tags.join(", ")}` : "";
    const color = item.color ? `color: ${item.color}` : "";
    return [tags, color].filter(Boolean).join("; ");
  }

  function spoken(item, times) {
    const status = STATUS[item.status]?.words;
    return [item.customer, times, item.service, status, marks(item)].filter(Boolean).join(", ");
  }

  // An appointment opens in a dialog; a class has a page.
  function opener(item) {
    const made = hub.element(item.url ? "a" : "button", "ev", hub.element("b", "", item.customer));
    if (item.url) {
      made.href = item.url;
    } else {
      made.type = "button";
      made.dataset.appointment = item.id;
    }
    return made;
  }

  // A real button or link: the library's own element stays a plain container.
  function content({ event: drawn, timeText }) {
    if (drawn.display === "background") {
      return { domNodes: drawn.title ? [hub.element("div", "bgt", drawn.title)] : [] };
    }
    const { item } = drawn.extendedProps;
    if (!item) return { domNodes: [] };
    // While it is dragged the library's own times are newer than the item's.
    const times = drawn.display === "preview" ? timeText : `${clock(item.start)} – ${clock(item.end)}`;
    const button = opener(item);
    button.setAttribute("aria-label", spoken(item, times));
    button.title = marks(item);
    const length = minutesOf(item);
    if (length >= SHORT_MINUTES) button.append(hub.element("span", "", times));
    if (length >= LONG_MINUTES) button.append(hub.element("span", "", item.service));
    if (length >= TAGGED_MINUTES && item.tags.length) button.append(hub.element("span", "tags", item.tags.join(" · ")));
    const icon = STATUS[item.status]?.icon;
    if (icon) button.append(hub.icon(icon));
    return { domNodes: [button] };
  }

  function title(date) {
    const format = { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" };
    return new Intl.DateTimeFormat("en-US", format).format(new Date(`${date}T00:00:00Z`));
  }

  hub.day = { clock, columnsOf, content, event, eventsOf, head, minutesOf, plus, seconds, title, STATUS };
})();
