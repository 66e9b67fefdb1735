// Native dialogs, menus, the side panel, and questions before a form is sent.
(() => {
  "use strict";

  function openDialog(dialog) {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    dialog.querySelector("[autofocus], [aria-invalid=true], .dlg-b :is(input:not([type=hidden]), select, textarea)")?.focus();
  }

  hub.on("[data-dialog-open]", "click", (event, button) => {
    event.preventDefault();
    closeMenus();
    openDialog(document.getElementById(button.dataset.dialogOpen));
  });
  hub.on("[data-dialog-close]", "click", (event, button) => button.closest("dialog").close());
  hub.on("dialog", "click", (event, dialog) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });

  function closeMenus(except = null) {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.open = false;
  }
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  function openPanel(id) {
    const panel = document.getElementById(id);
    panel?.classList.add("open");
    panel?.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  }
  function closePanel() {
    for (const panel of document.querySelectorAll(".panel.open")) {
      panel.classList.remove("open");
      panel.dispatchEvent(new CustomEvent("hub:panel-closed", { bubbles: true }));
    }
  }
  hub.on("[data-panel-open]", "click", (event, button) => openPanel(button.dataset.panelOpen));
  hub.on("[data-panel-close]", "click", () => closePanel());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) closePanel();
  });

  // Answers true or false; Escape and the backdrop mean no.
  function confirm({ title = "Are you sure?", text = "", button = "Continue", danger = false } = {}) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector("[data-confirm-is-title]").textContent = title;
    dialog.querySelector("[data-confirm-is-text]").textContent = text;
    const yes = dialog.querySelector("[data-confirm-is-yes]");
    yes.textContent = button;
    yes.classList.toggle("p", !danger);
    yes.classList.toggle("danger", danger);
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
    });
  }

  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      if (form.dataset.confirm === undefined || form.dataset.confirmed === "yes") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { confirm: text, confirmTitle: title, confirmButton: button } = form.dataset;
      if (!(await confirm({ text, title, button, danger: "confirmDanger" in form.dataset }))) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    },
    true,
  );
  // htmx asks by itself before it sends; its questions look like the others.
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const { confirmTitle: title, confirmButton: button } = event.detail.elt.dataset;
    const danger = "confirmDanger" in event.detail.elt.dataset;
    if (await confirm({ text: event.detail.question, title, button, danger })) event.detail.issueRequest(true);
  });

  document.querySelectorAll("dialog[data-open-now]").forEach(openDialog);
  Object.assign(hub, { confirm, openDialog, openPanel, closePanel, closeMenus });
})();
