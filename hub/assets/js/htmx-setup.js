// htmx under the house rules: CSRF on every request, refusals shown in words.
(() => {
  "use strict";

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = hub.csrf();
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    hub.toast(hub.wording(xhr.status, xhr.getResponseHeader("Content-Type") ?? "", xhr.responseText), { bad: true });
  });
  // A poll that finds the hub away says so once, not every few seconds.
  let away = null;
  document.addEventListener("htmx:sendError", () => {
    if (!away?.isConnected) away = hub.toast(hub.wording(0, "", ""), { bad: true });
  });
  document.addEventListener("htmx:afterOnLoad", () => away?.remove());
})();
