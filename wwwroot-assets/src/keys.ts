/** How long after `g` the second key may come. */
const chordMs = 1500;

/** Where keys belong to what has the focus. */
const typing = "input, textarea, select, [contenteditable], .term, dialog[open], .rz-dialog";

let chordUntil = 0;

/** Keys that work on every page: `g` and the key that a link of the navigation names, `/` for the page's filter, `?` for the list of them. */
export function listenForKeys(): void {
  document.addEventListener("keydown", (e) => {
    // The focus leaves the field of a closed dialog only when the page is drawn next.
    const target = e.target instanceof Element && !e.target.closest("dialog:not([open])") ? e.target : null;
    if (target?.closest("#palette")) {
      forPalette(e);
      return;
    }
    if (e.key === "k" && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && !e.defaultPrevented && !target?.closest(typing)) {
      e.preventDefault();
      document.querySelector<HTMLElement>(".palette-button")?.click();
      return;
    }
    if (e.defaultPrevented || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || target?.closest(typing)) {
      chordUntil = 0;
      return;
    }
    const chord = e.timeStamp < chordUntil;
    chordUntil = 0;
    if (chord) {
      const link = [...document.querySelectorAll<HTMLElement>("[data-go]")].find((a) => a.dataset["go"] === e.key);
      if (link) {
        e.preventDefault();
        link.click();
        return;
      }
    }
    if (e.key === "g") {
      chordUntil = e.timeStamp + chordMs;
    } else if (e.key === "?") {
      e.preventDefault();
      showKeys();
    } else if (e.key === "/") {
      const filter = document.querySelector<HTMLInputElement>("main input[type=search]");
      if (filter) {
        e.preventDefault();
        filter.focus();
        filter.select();
      }
    }
  });
  document.addEventListener("click", (e) => {
    const target = e.target instanceof Element ? e.target : null;
    if (target?.closest("[data-show-keys]")) {
      showKeys();
    } else if (target?.closest("[data-show-activity]")) {
      show("activity", target);
    } else if (target?.closest("[data-show-palette]")) {
      show("palette", target);
    } else if (target instanceof HTMLDialogElement && target.matches("#keys, #activity, #palette")) {
      target.close();
    } else if (target?.closest("a[href]")) {
      target.closest<HTMLDialogElement>("dialog#activity")?.close();
    }
  });
}

function showKeys(): void {
  const dialog = document.getElementById("keys");
  if (dialog instanceof HTMLDialogElement && !dialog.open) {
    dialog.showModal();
  }
}

/** The button of the top bar fills the dialog; others press it. */
function show(id: "activity" | "palette", pressed: Element): void {
  const button = document.querySelector<HTMLElement>(`.${id}-button`);
  const dialog = document.getElementById(id);
  if (button && !button.contains(pressed)) {
    button.click();
  } else if (dialog instanceof HTMLDialogElement && !dialog.open) {
    dialog.querySelectorAll("input").forEach((field) => (field.value = ""));
    dialog.showModal();
  }
}

/** The server moves the choice; the caret and the browser's own search stay out of it. */
function forPalette(e: KeyboardEvent): void {
  const closes = e.key === "k" && (e.ctrlKey || e.metaKey);
  if (closes || e.key === "ArrowUp" || e.key === "ArrowDown") {
    e.preventDefault();
  }
  if (closes) {
    document.querySelector<HTMLDialogElement>("dialog#palette")?.close();
  }
}
