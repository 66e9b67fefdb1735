// The time of the business, whatever zone this computer is in.
(() => {
  "use strict";

  const chips = [...document.querySelectorAll("[data-clock]")];
  if (!chips.length) return;

  function show() {
    for (const chip of chips) {
      const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: chip.dataset.clock });
      chip.textContent = time.format(new Date());
    }
  }
  function tick() {
    show();
    setTimeout(tick, 60_000 - (Date.now() % 60_000));
  }
  tick();
  document.addEventListener("visibilitychange", show);
})();
