import { listenForKeys } from "./keys";

export type ThemeChoice = "dark" | "light" | "system";

/** Sent on window after the theme that is seen has changed. */
export const themeChanged = "themechange";

const root = document.documentElement;
const systemLight = matchMedia("(prefers-color-scheme: light)");

export function themeChoice(): ThemeChoice {
  const stored = localStorage.getItem("theme");
  return stored === "dark" || stored === "light" ? stored : "system";
}

export function setTheme(choice: ThemeChoice): void {
  if (choice === "system") {
    localStorage.removeItem("theme");
  } else {
    localStorage.setItem("theme", choice);
  }
  showTheme();
}

/** Puts text on the clipboard, also where the page is served without https and the clipboard's own interface is shut. */
export async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard && isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Refused, by a policy or for want of focus: the older way below still may work.
    }
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (focused instanceof HTMLElement) {
    focused.focus();
  }
  return copied;
}

function showTheme(): void {
  const choice = themeChoice();
  const seen = choice === "system" ? (systemLight.matches ? "light" : "dark") : choice;
  for (const button of document.querySelectorAll<HTMLElement>("[data-set-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset["setTheme"] === choice));
  }
  if (root.dataset["theme"] !== seen) {
    root.dataset["theme"] = seen;
    dispatchEvent(new Event(themeChanged));
  }
}

systemLight.addEventListener("change", showTheme);
addEventListener("storage", (e) => {
  if (e.key === "theme") {
    showTheme();
  }
});

function closeMenus(except?: Element | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (menu !== except) {
      menu.open = false;
    }
  }
}

document.addEventListener("click", async (e) => {
  const target = e.target instanceof Element ? e.target : null;
  closeMenus(target?.closest(".menu-body a, .menu-body button") ? null : target?.closest("details.menu"));

  target?.closest("[popover] a")?.closest<HTMLElement>("[popover]")?.hidePopover();

  const choice = target?.closest<HTMLElement>("[data-set-theme]")?.dataset["setTheme"];
  if (choice) {
    setTheme(choice as ThemeChoice);
  }

  const copyButton = target?.closest<HTMLElement>("[data-copy]");
  if (copyButton && (await copy(copyButton.dataset["copy"] ?? ""))) {
    copyButton.dataset["copied"] = "";
    setTimeout(() => delete copyButton.dataset["copied"], 2000);
  }
});

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    const open = document.querySelector<HTMLDetailsElement>("details.menu[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary")?.focus();
    }
  }
});

// Some browsers drag nothing that carries no data; what is dragged is known to the server.
document.addEventListener("dragstart", (e) => {
  if (e.target instanceof HTMLElement && e.target.draggable) {
    e.dataTransfer?.setData("text/plain", "");
  }
});

document.addEventListener("dragover", (e) => {
  if (e.target instanceof Element && e.target.closest("[data-drop]")) {
    e.preventDefault();
  }
});

// Arrow keys move what such a button holds, and not the page.
document.addEventListener("keydown", (e) => {
  if (e.key.startsWith("Arrow") && e.target instanceof Element && e.target.closest("button.handle")) {
    e.preventDefault();
  }
});

listenForKeys();

document.addEventListener("toggle", (e) => {
  if (e.target instanceof Element && e.target.matches("details.menu[open]")) {
    showTheme();
  }
}, true);

interface BlazorRuntime {
  reconnect?: () => Promise<boolean>;
}

const reconnectBar = document.getElementById("components-reconnect-modal");
if (reconnectBar) {
  const tryAgain = async () => {
    const blazor = (window as unknown as { Blazor?: BlazorRuntime }).Blazor;
    try {
      if (!(await blazor?.reconnect?.())) {
        location.reload();
      }
    } catch {
      // The server is still away; the bar stays.
    }
  };
  const failed = () => reconnectBar.classList.contains("components-reconnect-failed");

  reconnectBar.querySelector("button")?.addEventListener("click", tryAgain);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && failed()) {
      void tryAgain();
    }
  });
  new MutationObserver(() => {
    // The server answers but no longer knows this page: it comes back from its URL.
    if (reconnectBar.classList.contains("components-reconnect-rejected")) {
      location.reload();
    }
  }).observe(reconnectBar, { attributes: true, attributeFilter: ["class"] });
}

for (const button of document.querySelectorAll("[data-reload]")) {
  button.addEventListener("click", () => location.reload());
}
