// The day calendar: one column for each person, kept current by asking every five seconds.
(() => {
  "use strict";

  const root = document.getElementById("cal");
  if (!root || !window.EventCalendar) return;

  const POLL_MS = 5_000;
  const SLOW_MS = 20_000;
  const AFTER_DRAG_MS = 250;
  const DAY_MS = 86_400_000;
  const mayBook = root.dataset.mayBook === "yes";
  const phone = matchMedia("(max-width: 760px)");
  const find = (name) => document.querySelector(`[data-cal-${name}]`);
  const { saving } = hub.moving;

  let feed = JSON.parse(document.getElementById("cal-feed").textContent);
  const { offset } = feed;
  let etag = root.dataset.etag;
  // The day that is to be shown; ``feed`` still is of another one until its answer is there.
  let wanted = feed.date;
  let person = feed.staff[0]?.id ?? null;
  let dragging = false;
  let dragEnded = 0;
  let timer = 0;
  let asked = 0;
  let focused = null;
  let marked = null;

  const today = () => new Date(Date.now() + offsetMs()).toISOString().slice(0, 10);
  function offsetMs() {
    const [hours, minutes] = feed.offset.slice(1).split(":").map(Number);
    return (feed.offset.startsWith("-") ? -1 : 1) * (hours * 60 + minutes) * 60_000;
  }

  const calendar = EventCalendar.create(root, {
    view: "resourceTimeGridDay",
    date: feed.date,
    timeZone: feed.offset,
    locale: "en-GB",
    height: "100%",
    headerToolbar: { start: "", center: "", end: "" },
    allDaySlot: false,
    slotMinTime: feed.opens,
    slotMaxTime: feed.closes,
    slotDuration: "00:15",
    slotLabelInterval: "01:00",
    slotHeight: phone.matches ? 20 : 18,
    slotLabelFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    eventTimeFormat: { hour: "2-digit", minute: "2-digit", hour12: false },
    columnWidth: "minmax(124px, 1fr)",
    scrollTime: scrollTime(),
    nowIndicator: true,
    slotEventOverlap: false,
    dragScroll: true,
    editable: false,
    selectable: mayBook,
    selectMinDistance: 6,
    unselectAuto: false,
    selectBackgroundColor: "var(--h-brand-2)",
    resources: columns(),
    resourceLabelContent: hub.day.head,
    events: hub.day.eventsOf(feed),
    eventContent: hub.day.content,
    eventDragStart: () => (dragging = true),
    eventDragStop: stopped,
    eventResizeStart: () => (dragging = true),
    eventResizeStop: stopped,
    eventDrop: (info) => moving.dropped(info),
    eventResize: (info) => moving.resized(info),
    eventAllUpdated: () => queueMicrotask(afterDrawing),
    viewDidMount: () => queueMicrotask(tidyRoles),
    dateClick: (info) => mayBook && book(info.resource?.id, info.dateStr),
    select: (info) => book(info.resource?.id, info.startStr),
  });
  const moving = hub.moving.make({
    calendar: { justDragged: () => dragging || performance.now() - dragEnded < AFTER_DRAG_MS },
    feed: () => feed,
    redraw,
    refresh: () => load(wanted, { force: true }),
  });

  function stopped() {
    dragging = false;
    dragEnded = performance.now();
  }

  function book(staff, when) {
    hub.booking?.open({ staff, date: when?.slice(0, 10), time: when?.slice(11, 16) });
  }

  // The day before the first appointment or the present, whichever helps more.
  function scrollTime() {
    const now = new Date(Date.now() + offsetMs()).toISOString();
    if (feed.date === now.slice(0, 10)) return hub.day.clock(hub.day.plus(now.slice(0, 19), -5_400));
    const first = feed.appointments[0] && hub.day.plus(feed.appointments[0].start, -1_800);
    return first?.slice(0, 10) === feed.date ? hub.day.clock(first) : feed.opens;
  }

  function columns() {
    return hub.day.columnsOf(feed, phone.matches ? person : null);
  }

  // The library says "table" but has no rows and cells in the sense of one.
  function tidyRoles() {
    const table = root.querySelector("[role=table]") ?? root.firstElementChild;
    table?.setAttribute("role", "group");
    table?.setAttribute("aria-label", "Appointments by staff member");
    for (const part of root.querySelectorAll("[role=row], [role=columnheader], [role=cell], [role=rowgroup]")) {
      for (const name of ["role", "aria-colindex", "aria-colspan", "aria-rowindex"]) part.removeAttribute(name);
    }
    root.querySelector(".ec-main")?.setAttribute("tabindex", "0");
  }

  // Drawing makes new elements: the focus goes back to the appointment that had it.
  function afterDrawing() {
    tidyRoles();
    const wanted = marked ?? focused;
    if (wanted && !document.querySelector("dialog[open]")) {
      root.querySelector(`[data-appointment="${wanted}"]`)?.focus({ preventScroll: !marked });
    }
    focused = marked = null;
  }

  function redraw() {
    focused = root.contains(document.activeElement) ? document.activeElement.dataset.appointment : null;
    calendar.setOption("events", hub.day.eventsOf(feed, saving));
  }

  function draw() {
    // Twice a year, at the hour of the change, the whole drawing starts from another offset.
    if (feed.offset !== offset) return location.reload();
    calendar.setOption("date", feed.date);
    calendar.setOption("slotMinTime", feed.opens);
    calendar.setOption("slotMaxTime", feed.closes);
    // On a phone, where one person is shown at a time: the one of what was just booked or moved.
    person = feed.appointments.find((item) => item.id === marked)?.staff ?? person;
    if (!feed.staff.some((one) => one.id === person)) person = feed.staff[0]?.id ?? null;
    calendar.setOption("resources", columns());
    redraw();
    return around();
  }

  function around() {
    hub.daySheet?.use(feed);
    find("title").textContent = hub.day.title(feed.date);
    document.getElementById("cal-date").value = feed.date;
    const count = feed.appointments.filter((item) => item.status !== "canceled").length;
    find("count").textContent = `${count} appointment${count === 1 ? "" : "s"}`;
    find("nobody").hidden = feed.staff.length > 0;
    find("hint").hidden = feed.appointments.length > 0 || !feed.staff.length;
    for (const link of document.querySelectorAll("[data-cal-step]")) {
      link.href = addressOf(target(link));
      if (link.dataset.calStep === "0") link.toggleAttribute("aria-current", feed.date === today());
    }
    for (const link of document.querySelectorAll("[data-cal-view]")) {
      const url = new URL(link.href);
      url.searchParams.set("date", feed.date);
      link.href = url.href;
    }
    strip();
  }

  function strip() {
    const buttons = feed.staff.map((one) => {
      const button = hub.element("button", "", hub.avatar(one), one.name.split(" ")[0]);
      button.type = "button";
      button.dataset.calPerson = one.id;
      button.setAttribute("aria-pressed", String(one.id === person));
      return button;
    });
    find("strip").replaceChildren(...buttons);
  }

  function target(link) {
    const step = Number(link.dataset.calStep);
    if (!step) return today();
    return new Date(Date.parse(`${feed.date}T00:00:00Z`) + step * DAY_MS).toISOString().slice(0, 10);
  }
  function addressOf(date) {
    return `?${new URLSearchParams({ date, location: root.dataset.location })}`;
  }

  // One question at a time counts: an answer that comes after a newer question is dropped.
  async function load(date, { force = false } = {}) {
    clearTimeout(timer);
    const mine = ++asked;
    const query = new URLSearchParams({ date, location: root.dataset.location });
    const headers = date === feed.date ? { "If-None-Match": etag } : {};
    try {
      const response = await fetch(`${root.dataset.feed}?${query}`, { headers, credentials: "same-origin", cache: "no-store" });
      if (mine === asked) await take(response, force || date !== feed.date);
    } catch {
      away("The hub cannot be reached. What you see may be old.");
    }
    if (mine === asked) timer = setTimeout(poll, find("away").hidden ? POLL_MS : SLOW_MS);
  }

  async function take(response, force) {
    if (response.redirected || response.status === 403) return away("You are signed out, or may not see this any more.");
    if (response.status !== 304 && !response.ok) return away(await hub.problem(response));
    away("");
    if (response.status === 304 || ((dragging || saving.size) && !force)) return null;
    const newest = await response.json();
    if (dragging) return null;
    const other = newest.date !== feed.date;
    feed = newest;
    etag = response.headers.get("ETag");
    draw();
    if (other) calendar.setOption("scrollTime", scrollTime());
    return feed;
  }

  function away(text) {
    find("away").textContent = text;
    find("away").hidden = !text;
  }

  function poll() {
    if (!document.hidden) return load(wanted);
    timer = setTimeout(poll, POLL_MS);
    return null;
  }

  async function go(date, { remember = true } = {}) {
    wanted = date;
    if (remember) history.pushState({ date }, "", addressOf(date));
    hub.booking?.day(date);
    await load(date, { force: true });
  }

  hub.on("[data-cal-step]", "click", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(target(link));
  });
  document.getElementById("cal-date").addEventListener("change", (event) => {
    event.stopPropagation();
    if (event.target.value && event.target.checkValidity()) go(event.target.value);
  });
  addEventListener("popstate", (event) => go(event.state?.date ?? root.dataset.date, { remember: false }));
  hub.on("[data-cal-person]", "click", (event, button) => {
    person = button.dataset.calPerson;
    calendar.setOption("resources", columns());
    strip();
    queueMicrotask(tidyRoles);
  });
  phone.addEventListener("change", () => {
    calendar.setOption("slotHeight", phone.matches ? 20 : 18);
    draw();
  });
  document.addEventListener("visibilitychange", () => document.hidden || load(wanted));
  document.addEventListener("hub:appointment", (event) => {
    marked = event.detail.id;
    calendar.unselect();
    load(wanted, { force: true });
  });
  document.addEventListener("hub:booking-day", (event) => event.detail.date !== wanted && go(event.detail.date));
  document.addEventListener("hub:booking-closed", () => calendar.unselect());

  around();
  timer = setTimeout(poll, POLL_MS);
})();
