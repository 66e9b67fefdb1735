// The dialog that holds an appointment's card and its forms; the server sends what is in it.
(() => {
  "use strict";

  const dialog = document.getElementById("appointment-dialog");
  if (!dialog) return;

  // What gets the focus: an error, what asks for it, a field, the button that closes.
  const FIRST = ["[aria-invalid=true]", "[autofocus]", ".dlg-b :is(input:not([type=hidden]), select, textarea)", "[data-dialog-close]"];

  function show(url) {
    return htmx.ajax("GET", url, { target: dialog, swap: "innerHTML" });
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== dialog) return;
    if (!dialog.open) dialog.showModal();
    FIRST.map((kind) => dialog.querySelector(kind)).find(Boolean)?.focus();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());
  // Something was done: what the dialog shows is history.
  document.addEventListener("hub:appointment", () => dialog.open && dialog.close());

  hub.on("[data-fill-time]", "click", (event, button) => {
    const form = button.closest("form");
    form.elements.date.value = button.dataset.fillDate;
    const { time } = form.elements;
    if (time instanceof HTMLInputElement) time.value = button.dataset.fillTime.slice(0, 5);
    form.requestSubmit();
  });

  hub.appointmentDialog = { show };
})();
