import { Base64, ClipboardAddon } from "@xterm/addon-clipboard";
import type { Terminal } from "@xterm/xterm";
import { copy } from "./app";
import { commandEvent, paneCommand } from "./terminal-commands";
import { amount, countdown, cursorKey, expiry, isReport, lineCount, printable, span } from "./terminal-text";
import { useGpu } from "./terminal-gpu";
import { TerminalFrame } from "./terminal-frame";
import { TerminalLink, type Size, type State } from "./terminal-link";
import { TerminalScreen } from "./terminal-screen";
import { settings } from "./terminal-settings";
import { TerminalWriter } from "./terminal-writer";

/** What the .NET component offers. */
interface Host {
  invokeMethodAsync(method: "Ticket"): Promise<string | null>;
  invokeMethodAsync(method: "Ended", reason: string): Promise<void>;
  /** Null: its end has been put off; otherwise why not. */
  invokeMethodAsync(method: "Extend"): Promise<string | null>;
  invokeMethodAsync(method: "ToggleHistory"): Promise<void>;
}

interface Options {
  sessionId: string;
  hostName: string;
  hubUrl: string;
  iconsUrl: string;
  /** A window of its own, which cannot be popped out again. */
  popout: boolean;
}

const warnBeforeMs = 2 * 60_000;
const soonMs = 10 * 60_000;
const noteReplayFrom = 64 * 1024;

export function create(element: HTMLElement, host: Host, options: Options): TerminalView {
  return new TerminalView(element, host, options);
}

/** One window on a session: what it draws, what a person does in it, and the bar below. */
class TerminalView {
  private readonly terminal: Terminal;
  private readonly screen: TerminalScreen;
  private readonly frame: TerminalFrame;
  private readonly link: TerminalLink;
  private readonly writer: TerminalWriter;
  private readonly resizes: ResizeObserver;
  private readonly stop = new AbortController();
  private readonly clock: number;

  private readonly laidOut: Promise<void>;
  private ended = false;
  private opened = false;
  /** What fits into the frame; what it has is the session's to say. */
  private fitting: Size = { columns: 80, rows: 24 };
  private state: State | null = null;
  /** How far the dashboard's clock is ahead of this one, in milliseconds. */
  private ahead = 0;
  private popup: Window | null = null;

  private drawn = 0;
  private replayLength = 0;

  constructor(private readonly element: HTMLElement, private readonly host: Host, private readonly options: Options) {
    this.frame = new TerminalFrame(element, options.hostName, options.iconsUrl, options.popout, {
      find: (text, direction) => this.screen.find(text, direction === "previous", direction === "typing"),
      extend: () => void this.extend(),
      focus: () => this.terminal.focus(),
      findClosed: () => {
        this.screen.forget();
        this.terminal.focus();
      },
      popOut: () => this.popOut(),
      history: () => void this.host.invokeMethodAsync("ToggleHistory"),
      key: (text) => {
        this.type(cursorKey(text, this.terminal.modes.applicationCursorKeysMode));
        this.terminal.focus();
      },
    }, this.stop.signal);
    this.link = new TerminalLink(options.hubUrl, this.frame, {
      ticket: () => this.host.invokeMethodAsync("Ticket"),
      begin: () => this.begin(),
      size: () => this.size(),
      replay: (bytes) => this.replay(bytes),
      state: (state) => this.take(state),
      resized: (columns, rows) => this.writer.then(() => this.resize(columns, rows)),
      output: (bytes) => this.writer.draw(bytes),
      ended: (reason) => this.end(reason),
    }, this.stop.signal);
    this.screen = new TerminalScreen({ cursorBlink: true }, (text) => this.frame.showMatches(text));
    this.terminal = this.screen.terminal;
    this.writer = new TerminalWriter((bytes, done) => this.terminal.write(bytes, done), (bytes) => this.link.draws((this.drawn += bytes)));
    this.applySettings();
    settings.watch(() => this.applySettings(), this.stop.signal);
    // Programs on the host may put text on the clipboard, but never read what is there.
    this.terminal.loadAddon(new ClipboardAddon(new Base64(), { readText: () => "", writeText: async (_, text) => void (await copy(text)) }));
    this.resizes = new ResizeObserver(() => this.seenOrNot());
    this.clock = window.setInterval(() => this.showState(), 1000);
    this.laidOut = this.layOut();
    void this.link.run();
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.stop.abort();
    clearInterval(this.clock);
    this.resizes.disconnect();
    this.terminal.dispose();
    this.frame.dispose();
  }

  /** Its size is known once its font is there, or does not come. */
  private async layOut(): Promise<void> {
    const font = `${settings.fontSize}px "JetBrains Mono Variable"`;
    await Promise.race([document.fonts.load(font).catch(() => []), new Promise((done) => setTimeout(done, 500))]);
    if (this.stop.signal.aborted) {
      return;
    }
    this.listen();
    this.resizes.observe(this.frame.screen);
    this.seenOrNot();
  }

  /** In a tab that nobody has looked at yet it only listens: what is not seen has no size. */
  private seenOrNot(): void {
    if (!this.opened && this.frame.screen.clientWidth > 0) {
      this.opened = true;
      this.terminal.open(this.frame.screen);
      useGpu(this.terminal);
      this.takeFocus();
    }
    this.fitNow();
    this.link.tellSize();
  }

  /** Before this it could not be given any; of several panes it belongs to the one that is marked by now. */
  private takeFocus(): void {
    const pane = this.element.closest<HTMLElement>("[data-pane]");
    if (!pane || pane.dataset["shown"] !== undefined) {
      this.terminal.focus();
    }
  }

  private listen(): void {
    const signal = this.stop.signal;
    this.terminal.onData((text) => this.type(text));
    this.terminal.onBinary((text) => this.link.send(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    this.terminal.attachCustomKeyEventHandler((e) => this.handleKey(e));
    document.addEventListener("visibilitychange", () => this.link.tellSize(), { signal });
    this.frame.screen.addEventListener("mouseup", () => void this.copySelection(), { signal });
    this.frame.screen.addEventListener("contextmenu", (e) => {
      if (!e.shiftKey && !e.ctrlKey) {
        e.preventDefault();
        void this.pasteFromClipboard();
      }
    }, { signal });
    this.frame.screen.addEventListener("paste", (e) => {
      const text = e.clipboardData?.getData("text/plain") ?? "";
      e.preventDefault();
      e.stopPropagation();
      void this.paste(text);
    }, { signal, capture: true });
  }

  private handleKey(e: KeyboardEvent): boolean {
    if (e.type === "keydown" && e.ctrlKey && e.shiftKey && e.code === "KeyF") {
      e.preventDefault();
      this.frame.openFind();
      return false;
    }
    if (e.type === "keydown" && e.ctrlKey && e.shiftKey && e.code === "KeyC") {
      e.preventDefault();
      void this.copySelection();
      return false;
    }
    const stage = this.element.closest(".term-stage");
    const command = stage && paneCommand(e, stage.querySelectorAll("[data-pane]:not([hidden])").length > 1);
    if (command) {
      e.preventDefault();
      this.element.dispatchEvent(new CustomEvent(commandEvent, { detail: command, bubbles: true }));
      return false;
    }
    return true;
  }

  // From the host.

  /** What came before the break is drawn first, or it would be drawn after the reset and counted as replay. */
  private async begin(): Promise<Size> {
    await this.laidOut;
    await new Promise<void>((done) => this.writer.then(done));
    this.terminal.reset();
    this.drawn = this.replayLength = 0;
    return this.size();
  }

  private replay(bytes: number): void {
    this.replayLength = bytes;
    this.showState();
    this.showReplay();
  }

  private take(state: State): void {
    this.state = state;
    this.ahead = Date.parse(state.now) - Date.now();
    this.showState();
  }

  private end(reason: string): void {
    this.ended = true;
    this.frame.setEnded();
    this.terminal.options.disableStdin = true;
    this.writer.then(() => this.terminal.write("\x1b[?25l"));
    void this.host.invokeMethodAsync("Ended", reason);
  }

  private showState(): void {
    if (!this.state || !this.link.attached || this.ended) {
      return;
    }
    const now = Date.now() + this.ahead;
    const idleExpires = Date.parse(this.state.idle_expires_at);
    const expires = Date.parse(this.state.expires_at);
    const left = (until: number) => (until - now <= soonMs ? countdown(until - now) : span(until - now));
    const smaller = this.terminal.cols < this.fitting.columns || this.terminal.rows < this.fitting.rows;
    this.frame.setStatus("ok", "Connected");
    this.frame.setRecorded(this.state.commands_recorded);
    this.frame.setFacts({
      latency: this.state.latency_ms === null ? "" : `${this.state.latency_ms} ms`,
      windows: this.state.attached_clients > 1 ? `${this.state.attached_clients} windows attached${smaller ? ", the size is another's" : ""}` : "",
      idle: `idle out in ${left(idleExpires)}`,
      ends: `ends in ${left(expires)}`,
      idleSoon: idleExpires - now <= soonMs,
      endsSoon: expires - now <= soonMs,
    });
    const end = expiry(now, idleExpires, expires);
    if (end.left > warnBeforeMs) {
      this.frame.hideWarning();
    } else {
      this.frame.warn(end.idle ? "Nothing has been typed for a while, and this terminal is about to end." : "This terminal is about to reach its time limit.", countdown(end.left));
    }
  }

  /** Says how much of the past is still to be drawn, until it is. */
  private showReplay(): void {
    const left = this.replayLength - this.drawn;
    const replaying = this.link.attached && !this.ended && this.replayLength >= noteReplayFrom && left > 0;
    this.frame.setReplay(replaying ? `Replaying ${amount(left)}…` : "");
    if (replaying) {
      setTimeout(() => this.showReplay(), 100);
    }
  }

  private async extend(): Promise<void> {
    this.terminal.focus();
    const refused = await this.host.invokeMethodAsync("Extend").catch(() => "The dashboard does not answer. Try again in a moment.");
    if (refused !== null) {
      this.frame.notice(refused, [{ text: "Close", act: () => this.frame.hideNotice() }]);
    }
  }

  // To the host.

  private type(text: string): void {
    // What the terminal answers to a program's questions: not for questions of the past, and not by every window that is attached.
    if (isReport(text) && (this.drawn < this.replayLength || ((this.state?.attached_clients ?? 1) > 1 && !document.hasFocus()))) {
      return;
    }
    this.link.send(new TextEncoder().encode(text));
  }

  private size(): Size {
    const seen = this.opened && document.visibilityState === "visible" && this.popup === null && this.frame.screen.clientWidth > 0;
    return seen ? this.fitting : { columns: 0, rows: 0 };
  }

  private fitNow(): void {
    const fitting = this.opened && this.frame.screen.clientWidth > 0 && this.frame.screen.clientHeight > 0 ? this.screen.fit.proposeDimensions() : undefined;
    if (!fitting || isNaN(fitting.cols) || isNaN(fitting.rows)) {
      return;
    }
    this.fitting = { columns: fitting.cols, rows: fitting.rows };
    if (!this.link.attached && this.drawn === 0) {
      this.terminal.resize(fitting.cols, fitting.rows);
    }
    this.showState();
  }

  /** The smallest window that looks at the session gives its size to all, and what is replayed has the size that it had then. */
  private resize(columns: number, rows: number): void {
    if (columns !== this.terminal.cols || rows !== this.terminal.rows) {
      this.terminal.resize(columns, rows);
    }
    this.showState();
  }

  // What a person does.

  private applySettings(): void {
    const scheme = settings.scheme;
    this.screen.dress();
    this.frame.paint(scheme);
    this.fitNow();
    this.link.tellSize();
  }

  private async copySelection(): Promise<void> {
    const text = this.terminal.getSelection();
    if (text) {
      await copy(text);
    }
  }

  private async pasteFromClipboard(): Promise<void> {
    if (!navigator.clipboard?.readText) {
      this.frame.notice("Without https the browser does not let a page read the clipboard. Paste with Ctrl+Shift+V.", [{ text: "Close", act: () => this.frame.hideNotice() }]);
      return;
    }
    try {
      await this.paste(await navigator.clipboard.readText());
    } catch {
      this.frame.notice("The browser did not give the clipboard away. Paste with Ctrl+Shift+V.", [{ text: "Close", act: () => this.frame.hideNotice() }]);
    }
  }

  private async paste(text: string): Promise<void> {
    text = printable(text);
    const lines = lineCount(text);
    if (/[\r\n]/.test(text) && !(await this.frame.ask(`Paste ${lines === 1 ? "one line, which runs at once" : `${lines} lines`}?`, "Paste"))) {
      this.terminal.focus();
      return;
    }
    this.terminal.paste(text);
    this.terminal.focus();
  }

  private popOut(): void {
    const popup = window.open(`/terminal/${this.options.sessionId}`, `terminal-${this.options.sessionId}`, "popup,width=960,height=640");
    if (!popup) {
      this.frame.notice("The browser did not allow a new window.", [{ text: "Close", act: () => this.frame.hideNotice() }]);
      return;
    }
    this.popup = popup;
    this.link.tellSize();
    const back = () => {
      clearInterval(watch);
      this.popup = null;
      this.frame.uncover();
      this.link.tellSize();
      this.terminal.focus();
    };
    const watch = window.setInterval(() => popup.closed && back(), 500);
    this.stop.signal.addEventListener("abort", () => clearInterval(watch), { once: true });
    this.frame.cover("This terminal is in a window of its own.", [
      { text: "Go to it", act: () => popup.focus() },
      { text: "Bring it back", act: () => popup.close() },
      { text: "Show it here too", act: back },
    ]);
  }
}
