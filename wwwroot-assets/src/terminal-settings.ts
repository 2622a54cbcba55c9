import { schemeOf, schemes, type Scheme } from "./terminal-schemes";

const fontSizeKey = "terminal.fontSize";
const schemeKey = "terminal.scheme";
const changed = "terminalsettings";

export const usualFont = 13;
export const smallestFont = 9;
export const largestFont = 28;

/** What a person has chosen for all terminals in this browser. */
export const settings = {
  get fontSize(): number {
    const stored = Number(localStorage.getItem(fontSizeKey));
    return stored >= smallestFont && stored <= largestFont ? stored : usualFont;
  },

  set fontSize(size: number) {
    store(fontSizeKey, String(Math.min(Math.max(size, smallestFont), largestFont)));
  },

  get scheme(): Scheme {
    return schemeOf(localStorage.getItem(schemeKey));
  },

  set scheme(scheme: Scheme) {
    store(schemeKey, scheme.id);
  },

  /** Calls at each change, from whatever terminal or window of this browser it comes. */
  watch(apply: () => void, signal: AbortSignal): void {
    addEventListener(changed, apply, { signal });
    addEventListener("storage", (e) => (e.key === fontSizeKey || e.key === schemeKey) && apply(), { signal });
  },
};

function store(key: string, value: string): void {
  localStorage.setItem(key, value);
  dispatchEvent(new Event(changed));
}

/** The panel in which they are chosen, and the button that opens it. */
export class SettingsPanel {
  readonly panel = document.createElement("div");
  private readonly size = document.createElement("output");
  private readonly group = `term-scheme-${panels++}`;

  constructor(private readonly opener: HTMLButtonElement, back: () => void, signal: AbortSignal) {
    this.panel.className = "term-settings";
    this.panel.hidden = true;
    this.panel.setAttribute("role", "dialog");
    this.panel.setAttribute("aria-label", "Terminal settings");
    opener.setAttribute("aria-expanded", "false");
    opener.onclick = () => this.show(this.panel.hidden === true);

    const colours = document.createElement("fieldset");
    colours.append(legend("Colours"), ...schemes.map((s) => this.choice(s)));
    const text = document.createElement("fieldset");
    text.append(legend("Text size"), button("−", "Smaller text", () => settings.fontSize--), this.size,
      button("+", "Larger text", () => settings.fontSize++), button("Reset", "Usual text size", () => (settings.fontSize = usualFont)));
    text.className = "term-size";
    this.panel.append(colours, text);

    this.panel.addEventListener("keydown", (e) => {
      if (e.key === "Escape") {
        e.stopPropagation();
        this.show(false);
        back();
      }
    });
    document.addEventListener("pointerdown", (e) => {
      if (e.target instanceof Node && !this.panel.contains(e.target) && !opener.contains(e.target)) {
        this.show(false);
      }
    }, { signal });
    settings.watch(() => this.draw(), signal);
    this.draw();
  }

  private show(open: boolean): void {
    this.panel.hidden = !open;
    this.opener.setAttribute("aria-expanded", String(open));
    if (open) {
      this.panel.querySelector<HTMLInputElement>("input:checked")?.focus();
    }
  }

  private draw(): void {
    this.size.textContent = `${settings.fontSize} px`;
    for (const input of this.panel.querySelectorAll("input")) {
      input.checked = input.value === settings.scheme.id;
    }
  }

  private choice(scheme: Scheme): HTMLElement {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = "radio";
    // Radios of one name belong together, and there are several terminals on a page.
    input.name = this.group;
    input.value = scheme.id;
    input.addEventListener("change", () => (settings.scheme = scheme));
    const swatch = document.createElement("span");
    swatch.className = "term-swatch";
    swatch.setAttribute("aria-hidden", "true");
    swatch.style.background = scheme.theme.background!;
    for (const colour of [scheme.theme.foreground, scheme.theme.red, scheme.theme.green, scheme.theme.yellow, scheme.theme.blue]) {
      const dot = document.createElement("i");
      dot.style.background = colour!;
      swatch.append(dot);
    }
    label.append(input, swatch, scheme.name);
    return label;
  }
}

let panels = 0;

function legend(text: string): HTMLElement {
  const element = document.createElement("legend");
  element.textContent = text;
  return element;
}

function button(text: string, name: string, act: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = text;
  element.setAttribute("aria-label", name);
  element.title = name;
  element.onclick = act;
  return element;
}
