// Copy buttons: the whole value, also where only its ends are shown.
(() => {
  "use strict";

  hub.on("[data-copy]", "click", async (event, button) => {
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      hub.toast("Copied.", { ms: 2000 });
    } catch {
      hub.toast("The browser did not allow copying. Select the text and copy it by hand.", { bad: true });
    }
  });
})();
