// Moving by hand: drawn at once, decided by the server. A veto puts it back and says why.
(() => {
  "use strict";

  const { plus } = hub.day;
  const saving = new Set();

  const url = (id, act) => `${document.getElementById("cal").dataset.appointments}${id}/${act}/`;

  // Text to show, and whether the newest state must be fetched before anybody goes on.
  async function failure(response) {
    if (response.redirected || response.status === 401) return "You are signed out. Sign in again to go on.";
    return hub.problem(response);
  }

  async function send(id, wish) {
    let response;
    try {
      response = await hub.post(url(id, "reschedule"), { json: wish });
    } catch {
      return { refused: hub.wording(0, "", "") };
    }
    const isJson = (response.headers.get("Content-Type") ?? "").includes("application/json");
    if (!response.ok || response.redirected || !isJson) return { refused: await failure(response) };
    return { moved: await response.json() };
  }

  function make({ calendar, feed, redraw, refresh }) {
    const itemOf = (id) => feed().appointments.find((item) => item.id === id);

    async function undo(id, back) {
      saving.add(id);
      const { refused } = await send(id, back);
      saving.delete(id);
      if (refused) hub.toast(`Not moved back: ${refused}`, { bad: true });
      else hub.toast("Moved back.");
      await refresh();
    }

    async function move(item, changed) {
      const before = { ...item };
      Object.assign(item, changed);
      saving.add(item.id);
      redraw();
      const wish = { start: item.start, staff: item.staff, version: item.version };
      if (changed.end && changed.start === undefined) wish.end = changed.end;
      const { moved, refused } = await send(item.id, wish);
      saving.delete(item.id);
      if (refused) {
        Object.assign(item, before);
        redraw();
        hub.toast(`Not moved: ${refused}`, { bad: true });
      } else {
        item.version = moved.version;
        redraw();
        hub.toast(moved.text, { undo: () => undo(item.id, moved.undo) });
      }
      await refresh();
    }

    function dropped(info) {
      const item = itemOf(info.event.id);
      if (!item) return info.revert();
      const count = info.delta.seconds + info.delta.days * 86_400;
      const from = info.oldResource?.id ?? item.staff;
      // Dragging gives it to another person only where it is drawn for the one who leads.
      const staff = from === item.staff ? (info.newResource?.id ?? from) : item.staff;
      if (!count && staff === item.staff) return redraw();
      return move(item, { start: plus(item.start, count), end: plus(item.end, count), staff });
    }

    function resized(info) {
      const item = itemOf(info.event.id);
      if (!item) return info.revert();
      const count = info.endDelta.seconds + info.endDelta.days * 86_400;
      return count ? move(item, { end: plus(item.end, count) }) : redraw();
    }

    function focusedId() {
      return document.activeElement?.closest?.("[data-appointment]")?.dataset.appointment;
    }
    hub.on("[data-cal-move]", "click", () => {
      const item = itemOf(focusedId());
      if (!item) hub.toast("Focus an appointment first: Tab goes through them, M moves the one in focus.");
      else if (!item.movable) hub.toast("This appointment cannot be moved.", { bad: true });
      else hub.appointmentDialog.show(url(item.id, "move"));
    });
    hub.on("[data-appointment]", "click", (event, button) => {
      if (calendar.justDragged()) return;
      hub.appointmentDialog.show(url(button.dataset.appointment, "card"));
    });

    return { dropped, resized };
  }

  hub.moving = { make, saving };
})();
