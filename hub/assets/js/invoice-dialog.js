// The dialog of the invoice page; the server sends what is in it.
(() => {
  "use strict";

  const dialog = document.getElementById("invoice-dialog");
  if (!dialog) return;

  // What gets the focus: an error, what asks for it, a field, the button that closes.
  const FIRST = ["[aria-invalid=true]", "[autofocus]", ".dlg-b :is(input:not([type=hidden]), select, textarea)", "[data-dialog-close]"];

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== dialog) return;
    hub.closeMenus();
    if (!dialog.open) dialog.showModal();
    FIRST.map((kind) => dialog.querySelector(kind)).find(Boolean)?.focus();
  });
  dialog.addEventListener("close", () => dialog.replaceChildren());

  // A dialog that opens with the page does so once, not again when the page is reloaded.
  const once = document.querySelector("[data-once]");
  if (once) {
    const address = new URL(location.href);
    address.searchParams.delete(once.dataset.once);
    history.replaceState(history.state, "", address);
  }
})();
