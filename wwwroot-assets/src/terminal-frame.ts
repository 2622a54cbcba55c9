import { type Scheme } from "./terminal-schemes";
import { SettingsPanel } from "./terminal-settings";

export interface Choice {
  text: string;
  act: () => void;
}

export interface FrameActions {
  /** The next or the one before; while it is being typed, the one that is selected may grow. */
  find(text: string, direction: "next" | "previous" | "typing"): void;
  /** Puts the session's end off. */
  extend(): void;
  focus(): void;
  findClosed(): void;
  popOut(): void;
  /** Shows or hides the command history. */
  history(): void;
  /** What a key of the key row types. */
  key(text: string): void;
}

export interface Facts {
  latency: string;
  windows: string;
  idle: string;
  ends: string;
  /** Whether it is so near that it should be seen. */
  idleSoon: boolean;
  endsSoon: boolean;
}

/** The keys that a phone's keyboard does not have. */
const phoneKeys: readonly [label: string, text: string, name?: string][] = [
  ["Esc", "\x1b"], ["Tab", "\t"], ["Ctrl", ""], ["←", "\x1b[D", "Left"], ["↓", "\x1b[B", "Down"], ["↑", "\x1b[A", "Up"], ["→", "\x1b[C", "Right"], ["|", "|"], ["/", "/"], ["-", "-"],
];

/** Everything around the terminal's screen: notices above, search, the phone's key row, and the bar below. */
export class TerminalFrame {
  readonly screen = make("div", "term-screen");
  private readonly noticeBar = make("div", "term-notice");
  private readonly warnBar = make("div", "term-notice");
  private readonly warnText = make("span");
  private readonly warnLeft = make("b", "num");
  private readonly findBar = make("div", "term-find");
  private readonly findInput = document.createElement("input");
  private readonly findCount = make("span", "term-count num");
  private readonly replay = make("span", "num");
  private readonly coverPanel = make("div", "term-cover");
  private readonly status = make("span", "st idle", "Connecting");
  private readonly latency = make("span", "num");
  private readonly windows = make("span");
  private readonly idle = make("span", "num when");
  private readonly ends = make("span", "num when");
  private readonly unrecorded = make("span", "when");
  private readonly control: HTMLButtonElement;
  private readonly popOutTool: HTMLButtonElement;
  private readonly extendTool: HTMLButtonElement;
  private unanswered: (() => void) | null = null;

  constructor(private readonly root: HTMLElement, hostName: string, private readonly iconsUrl: string, popout: boolean, private readonly actions: FrameActions, signal: AbortSignal) {
    root.classList.add("term");
    this.noticeBar.setAttribute("role", "status");
    this.warnText.setAttribute("role", "alert");
    this.warnBar.append(this.warnText, this.warnLeft, this.button("Extend", () => actions.extend()));
    this.noticeBar.hidden = this.warnBar.hidden = this.findBar.hidden = this.coverPanel.hidden = true;
    this.buildFind();

    const keys = make("div", "term-keys");
    const buttons = phoneKeys.map(([label, text, name]) => {
      const button = this.button(label, () => this.actions.key(text));
      button.setAttribute("aria-label", name ?? label);
      return button;
    });
    keys.append(...buttons);
    this.control = buttons[2]!;
    this.control.setAttribute("aria-pressed", "false");
    this.control.onclick = () => this.control.setAttribute("aria-pressed", String(this.control.getAttribute("aria-pressed") !== "true"));

    // A tap must not take the focus from the terminal: the phone's keyboard would go.
    keys.addEventListener("mousedown", (e) => e.preventDefault());

    const bar = make("div", "term-bar");
    this.windows.setAttribute("role", "status");
    this.extendTool = this.button("Extend", () => actions.extend());
    this.extendTool.className = "term-extend";
    this.extendTool.title = "Put the end of this terminal off";
    const settingsTool = this.tool("settings-2", "Colours and text size", () => undefined);
    bar.append(make("b", "term-host", hostName), this.status, this.latency, this.windows, this.replay, make("span", "grow"), this.idle, this.ends,
      this.extendTool, this.tool("search", "Find (Ctrl+Shift+F)", () => this.openFind()), settingsTool);
    this.popOutTool = this.tool("picture-in-picture-2", "Pop out", actions.popOut);
    this.popOutTool.hidden = popout;
    bar.append(this.popOutTool, this.tool("history", "Command history", actions.history));
    this.windows.after(this.unrecorded);
    const middle = make("div", "term-middle");
    middle.append(this.screen, this.coverPanel);
    const settings = new SettingsPanel(settingsTool, () => actions.focus(), signal);
    root.replaceChildren(this.warnBar, this.noticeBar, this.findBar, middle, keys, bar, settings.panel);

    // Ctrl of the key row makes the next character a control character.
    this.screen.addEventListener("keydown", (e) => this.withControl(e), { capture: true });
    this.screen.addEventListener("beforeinput", (e) => this.withControl(e), { capture: true });
  }

  dispose(): void {
    this.unanswered?.();
    this.root.replaceChildren();
  }

  setStatus(look: "ok" | "warn" | "idle", word: string): void {
    this.status.className = `st ${look}`;
    this.status.textContent = word;
    if (look !== "ok") {
      this.setFacts({ latency: "", windows: "", idle: "", ends: "", idleSoon: false, endsSoon: false });
      this.setReplay("");
      this.hideWarning();
    }
  }

  /** Its frame takes the colours of the terminal on, so that it is one thing to look at. */
  paint(scheme: Scheme): void {
    const { background, foreground, brightBlack, selectionBackground, yellow } = scheme.theme;
    for (const [name, colour] of [["bg", background], ["fg", foreground], ["dim", brightBlack], ["border", selectionBackground], ["yellow", yellow]]) {
      if (scheme.id === "default") {
        this.root.style.removeProperty(`--term-${name}`);
      } else {
        this.root.style.setProperty(`--term-${name}`, colour!);
      }
    }
  }

  setEnded(): void {
    this.setStatus("idle", "Ended");
    this.hideNotice();
    this.uncover();
    this.popOutTool.hidden = true;
  }

  setFacts(facts: Facts): void {
    this.latency.textContent = facts.latency;
    this.latency.title = facts.latency ? "From a key to its echo, between the dashboard and the host" : "";
    this.windows.textContent = facts.windows;
    this.idle.textContent = facts.idle;
    this.ends.textContent = facts.ends;
    this.idle.classList.toggle("soon", facts.idleSoon);
    this.ends.classList.toggle("soon", facts.endsSoon);
    this.extendTool.hidden = facts.ends === "";
  }

  setReplay(text: string): void {
    this.replay.textContent = text;
  }

  /** Stays until it is no longer true; the text is read out once, the countdown is for the eye. */
  warn(text: string, left: string): void {
    if (this.warnBar.hidden || this.warnText.textContent !== text) {
      this.warnText.textContent = text;
      this.warnBar.hidden = false;
    }
    this.warnLeft.textContent = left;
  }

  hideWarning(): void {
    this.warnBar.hidden = true;
    this.warnText.textContent = "";
  }

  showMatches(text: string): void {
    this.findCount.textContent = text;
  }

  /** Whether the shell tells the dashboard which commands it runs; null while that is not known. */
  setRecorded(recorded: boolean | null): void {
    this.unrecorded.textContent = recorded === false ? "commands are not recorded in this shell" : "";
  }

  notice(text: string, choices: Choice[] = []): void {
    this.noticeBar.replaceChildren(make("span", "", text), ...choices.map((c) => this.button(c.text, c.act)));
    this.noticeBar.hidden = false;
  }

  hideNotice(): void {
    this.noticeBar.hidden = true;
  }

  /** Asks in the bar above; true for yes. A second question takes the first one's place and answers it no. */
  ask(question: string, yes: string): Promise<boolean> {
    this.unanswered?.();
    return new Promise((answer) => {
      const close = (result: boolean) => {
        this.unanswered = null;
        this.hideNotice();
        answer(result);
      };
      this.unanswered = () => close(false);
      this.notice(question, [{ text: yes, act: () => close(true) }, { text: "Cancel", act: () => close(false) }]);
      this.noticeBar.querySelector("button")?.focus();
    });
  }

  cover(text: string, choices: Choice[]): void {
    this.coverPanel.replaceChildren(make("p", "", text), ...choices.map((c) => this.button(c.text, c.act)));
    this.coverPanel.hidden = false;
  }

  uncover(): void {
    this.coverPanel.hidden = true;
  }

  openFind(): void {
    this.findBar.hidden = false;
    this.findInput.select();
    this.findInput.focus();
  }

  private buildFind(): void {
    const close = () => {
      this.findBar.hidden = true;
      this.actions.findClosed();
    };
    this.findInput.type = "search";
    this.findInput.placeholder = "Find";
    this.findInput.setAttribute("aria-label", "Find in the terminal");
    this.findInput.addEventListener("input", () => this.actions.find(this.findInput.value, "typing"));
    this.findInput.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        this.actions.find(this.findInput.value, e.shiftKey ? "next" : "previous");
      } else if (e.key === "Escape") {
        close();
      }
    });
    this.findCount.setAttribute("role", "status");
    this.findBar.append(this.findInput, this.findCount, this.tool("arrow-up", "Previous", () => this.actions.find(this.findInput.value, "previous")),
      this.tool("arrow-down", "Next", () => this.actions.find(this.findInput.value, "next")), this.tool("x", "Close", close));
  }

  private withControl(e: KeyboardEvent | InputEvent): void {
    const text = e instanceof KeyboardEvent ? e.key : e.data ?? "";
    if (this.control.getAttribute("aria-pressed") !== "true" || !/^[a-z@[\\\]^_ ]$/i.test(text)) {
      return;
    }
    e.preventDefault();
    e.stopImmediatePropagation();
    this.control.setAttribute("aria-pressed", "false");
    this.actions.key(String.fromCharCode(text.toUpperCase().charCodeAt(0) & 0x1f));
  }

  private button(text: string, act: () => void): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.onclick = act;
    return button;
  }

  private tool(icon: string, name: string, act: () => void): HTMLButtonElement {
    const button = this.button("", act);
    button.title = name;
    button.setAttribute("aria-label", name);
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("class", "i");
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${this.iconsUrl}#${icon}`);
    svg.append(use);
    button.append(svg);
    return button;
  }
}

function make(tag: string, className = "", text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}
