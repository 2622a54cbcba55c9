// Runs before the first paint, so that no page flashes in the other theme, and before the first circuit asks for the time zone.
(() => {
  const stored = localStorage.getItem("theme");
  const light = stored === "light" || (stored !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
  window.homelab = {
    timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    close: (id) => document.getElementById(id)?.close(),
    // Longer than one message to the server may be, so it goes there as a stream.
    text: (area) => new Blob([area.value]),
  };
})();
