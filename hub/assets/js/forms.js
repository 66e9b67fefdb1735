// What every form gets: no double submit, a warning before input is lost, focus on the errors.
(() => {
  "use strict";

  const changed = new WeakSet();
  const submitted = new WeakSet();

  function guarded() {
    return [...document.querySelectorAll("form[data-guard]")].some((form) => changed.has(form) && !submitted.has(form));
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) changed.add(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-autosubmit]")) form.requestSubmit();
  });
  addEventListener("beforeunload", (event) => {
    if (guarded()) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog" || form.target === "_blank") return;
    if (submitted.has(form)) {
      event.preventDefault();
      return;
    }
    submitted.add(form);
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // A page that comes back from the browser's cache may be sent again.
  function release(form) {
    submitted.delete(form);
    form.querySelectorAll("[aria-busy=true]").forEach((button) => button.removeAttribute("aria-busy"));
  }
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form").forEach(release);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form");
    if (!form) return;
    release(form);
    if (event.detail.successful) changed.delete(form);
  });

  function showErrors(root) {
    const summary = root.querySelector("[data-error-summary]");
    if (!summary) return;
    summary.focus();
    for (const link of summary.querySelectorAll("a[href^='#']")) {
      link.addEventListener("click", (event) => {
        const field = document.getElementById(link.hash.slice(1));
        if (!field) return;
        event.preventDefault();
        field.focus();
        field.scrollIntoView({ block: "center" });
      });
    }
  }
  showErrors(document);
  document.addEventListener("htmx:load", (event) => showErrors(event.detail.elt));
})();
