import { HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel } from "@microsoft/signalr";
import { Base64, ClipboardAddon } from "@xterm/addon-clipboard";
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { copy } from "./app";
import { commandEvent, paneCommand } from "./terminal-commands";
import { amount, countdown, cursorKey, expiry, fromBase64, isReport, lineCount, matches, printable, pieces, span, toBase64 } from "./terminal-text";
import { useGpu } from "./terminal-gpu";
import { TerminalFrame } from "./terminal-frame";
import { settings } from "./terminal-settings";

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
  /** Whether it takes the focus once it is there. */
  focus: boolean;
}

interface State {
  status: string;
  expires_at: string;
  idle_expires_at: string;
  attached_clients: number;
  latency_ms: number | null;
  now: string;
  commands_recorded: boolean | null;
}

const acknowledgeEvery = 64 * 1024;
const acknowledgeAfterMs = 200;
const longestWaitSeconds = 15;
const warnBeforeMs = 2 * 60_000;
const soonMs = 10 * 60_000;
const noteReplayFrom = 64 * 1024;

export function create(element: HTMLElement, host: Host, options: Options): TerminalView {
  return new TerminalView(element, host, options);
}

/** One window on a session: what it draws, the connection to the hub, and the bar below. */
class TerminalView {
  private readonly terminal: Terminal;
  private readonly fit = new FitAddon();
  private readonly search = new SearchAddon();
  private readonly frame: TerminalFrame;
  private readonly resizes: ResizeObserver;
  private readonly stop = new AbortController();
  private readonly clock: number;

  private laidOut = Promise.resolve();
  private connection: HubConnection | null = null;
  private attached = false;
  private ended = false;
  private opened = false;
  /** What fits into the frame; what it has is the session's to say. */
  private fitting = { columns: 80, rows: 24 };
  private toldSize = "";
  private state: State | null = null;
  /** How far the dashboard's clock is ahead of this one, in milliseconds. */
  private ahead = 0;
  private tryNow: (() => void) | null = null;
  private popup: Window | null = null;

  private drawn = 0;
  private acknowledged = 0;
  private acknowledging: number | undefined;
  private replayLength = 0;

  constructor(private readonly element: HTMLElement, private readonly host: Host, private readonly options: Options) {
    this.frame = new TerminalFrame(element, options.hostName, options.iconsUrl, options.popout, {
      find: (text, direction) => this.find(text, direction),
      extend: () => void this.extend(),
      focus: () => this.terminal.focus(),
      findClosed: () => {
        this.search.clearDecorations();
        this.terminal.focus();
      },
      popOut: () => this.popOut(),
      history: () => void this.host.invokeMethodAsync("ToggleHistory"),
      key: (text) => {
        this.type(cursorKey(text, this.terminal.modes.applicationCursorKeysMode));
        this.terminal.focus();
      },
    }, this.stop.signal);
    this.terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono"),
      fontSize: settings.fontSize,
      lineHeight: 1.2,
      scrollback: 10_000,
      screenReaderMode: false,
    });
    this.applySettings();
    settings.watch(() => this.applySettings(), this.stop.signal);
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = "11";
    this.terminal.loadAddon(new WebLinksAddon((_, uri) => void window.open(uri, "_blank", "noopener,noreferrer")));
    // Programs on the host may put text on the clipboard, but never read what is there.
    this.terminal.loadAddon(new ClipboardAddon(new Base64(), { readText: () => "", writeText: async (_, text) => void (await copy(text)) }));
    this.search.onDidChangeResults(({ resultIndex, resultCount }) => this.frame.showMatches(matches(resultIndex, resultCount)));
    this.resizes = new ResizeObserver(() => this.seenOrNot());
    this.clock = window.setInterval(() => this.showState(), 1000);
    void this.start();
  }

  focus(): void {
    this.terminal.focus();
  }

  dispose(): void {
    this.stop.abort();
    clearInterval(this.clock);
    clearTimeout(this.acknowledging);
    this.resizes.disconnect();
    void this.connection?.stop();
    this.terminal.dispose();
    this.frame.dispose();
  }

  private async start(): Promise<void> {
    this.laidOut = this.layOut();
    await this.stayConnected();
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
    if (this.options.focus) {
      this.terminal.focus();
    }
  }

  /** In a tab that nobody has looked at yet it only listens: what is not seen has no size. */
  private seenOrNot(): void {
    if (!this.opened && this.frame.screen.clientWidth > 0) {
      this.opened = true;
      this.terminal.open(this.frame.screen);
      useGpu(this.terminal);
    }
    this.fitNow();
    this.tellSize();
  }

  private listen(): void {
    const signal = this.stop.signal;
    this.terminal.onData((text) => this.type(text));
    this.terminal.onBinary((text) => this.send(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    this.terminal.attachCustomKeyEventHandler((e) => this.handleKey(e));
    document.addEventListener("visibilitychange", () => this.tellSize(), { signal });
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

  // The way to the hub.

  private async stayConnected(): Promise<void> {
    for (let failures = 0; !this.stop.signal.aborted && !this.ended; ) {
      try {
        await this.attachOnce(() => (failures = 0));
      } catch {
        // The bar below says so, and the next turn tries again.
      }
      this.attached = false;
      if (this.ended || this.stop.signal.aborted) {
        return;
      }
      failures++;
      await this.waitToRetry(failures === 1 ? 0 : Math.min(2 ** (failures - 1), longestWaitSeconds));
    }
  }

  /** Attaches, and comes back when the stream has ended. */
  private async attachOnce(connected: () => void): Promise<void> {
    if (pageIsAway()) {
      throw new Error("The page has lost its connection, over which it asks for the ticket.");
    }
    const connection = new HubConnectionBuilder()
      .withUrl(this.options.hubUrl, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    this.connection = connection;
    connection.on("State", (state: State) => {
      this.state = state;
      this.ahead = Date.parse(state.now) - Date.now();
      this.showState();
    });
    connection.on("Replay", (bytes: number) => {
      this.replayLength = bytes;
      this.attached = true;
      connected();
      this.frame.hideNotice();
      this.toldSize = "";
      this.showState();
      this.tellSize();
      this.showReplay();
    });
    // What came before it was put out for the size before.
    connection.on("Size", (columns: number, rows: number) => this.terminal.write("", () => this.takeSize(columns, rows)));
    connection.on("Closed", (reason: string) => this.end(reason));
    try {
      const [ticket] = await Promise.all([withTimeout(this.host.invokeMethodAsync("Ticket"), 10_000), connection.start(), this.laidOut]);
      if (ticket === null) {
        this.end("gone");
        return;
      }
      // What came before the break is drawn first, or it would be drawn after the reset and counted as replay.
      await new Promise<void>((done) => this.terminal.write("", done));
      this.terminal.reset();
      this.drawn = this.acknowledged = this.replayLength = 0;
      const size = this.size();
      await new Promise<void>((done, failed) => {
        connection.onclose((error) => failed(error ?? new Error("closed")));
        connection.stream<string>("Attach", ticket, size.columns, size.rows).subscribe({
          next: (item) => this.draw(fromBase64(item)),
          complete: done,
          error: (error: Error) => failed(error),
        });
      });
    } catch (error) {
      if (String(error).includes("DETACHED")) {
        await this.waitUntilWanted();
      }
      throw error;
    } finally {
      this.connection = null;
      await connection.stop();
    }
  }

  private async waitToRetry(seconds: number): Promise<void> {
    this.frame.setStatus("warn", "Reconnecting");
    let now = false;
    const asked = new Promise<void>((done) => {
      this.tryNow = () => {
        now = true;
        this.frame.notice("Connection lost. The session goes on; connecting…");
        void withTimeout(reconnectPage(), 10_000).then(done, done);
      };
    });
    addEventListener("online", () => this.tryNow?.(), { once: true, signal: this.stop.signal });
    for (let left = seconds; left > 0 && !now && !this.stop.signal.aborted; left--) {
      this.frame.notice(`Connection lost. The session goes on; trying again in ${left} s.`, [{ text: "Try now", act: () => this.tryNow?.() }]);
      await Promise.race([this.sleep(1000), asked]);
    }
    if (now) {
      await asked;
    }
    this.tryNow = null;
    if (!this.stop.signal.aborted) {
      this.frame.notice("Connection lost. The session goes on; connecting…");
    }
  }

  /** This window was cut off because it was too slow: it comes back when somebody looks at it. */
  private async waitUntilWanted(): Promise<void> {
    this.frame.setStatus("warn", "Detached");
    await new Promise<void>((wanted) => {
      this.frame.notice("This window could not keep up with the output and was detached. The session goes on.", [{ text: "Attach again", act: wanted }]);
      this.stop.signal.addEventListener("abort", () => wanted(), { once: true });
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wanted(), { once: true, signal: this.stop.signal });
    });
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.stop.signal.addEventListener("abort", () => {
        clearTimeout(timer);
        done();
      }, { once: true });
    });
  }

  private end(reason: string): void {
    if (!this.ended) {
      this.ended = true;
      this.frame.setEnded();
      this.terminal.options.disableStdin = true;
      this.terminal.write("\x1b[?25l");
      void this.host.invokeMethodAsync("Ended", reason);
    }
  }

  // From the host.

  private draw(bytes: Uint8Array): void {
    this.terminal.write(bytes, () => {
      this.drawn += bytes.length;
      if (this.drawn - this.acknowledged >= acknowledgeEvery) {
        this.acknowledge();
      } else {
        this.acknowledging ??= window.setTimeout(() => this.acknowledge(), acknowledgeAfterMs);
      }
    });
  }

  private acknowledge(): void {
    clearTimeout(this.acknowledging);
    this.acknowledging = undefined;
    if (this.attached && this.drawn > this.acknowledged) {
      this.acknowledged = this.drawn;
      void this.connection?.send("Acknowledge", this.drawn);
    }
  }

  private showState(): void {
    if (!this.state || !this.attached || this.ended) {
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
    const replaying = this.attached && !this.ended && this.replayLength >= noteReplayFrom && left > 0;
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
    this.send(new TextEncoder().encode(text));
  }

  private send(bytes: Uint8Array): void {
    if (!this.attached || this.ended) {
      return;
    }
    for (const piece of pieces(bytes)) {
      void this.connection?.send("Input", toBase64(piece));
    }
  }

  private size(): { columns: number; rows: number } {
    const seen = this.opened && document.visibilityState === "visible" && this.popup === null && this.frame.screen.clientWidth > 0;
    return seen ? this.fitting : { columns: 0, rows: 0 };
  }

  private tellSize(): void {
    const size = this.size();
    const told = `${size.columns} ${size.rows}`;
    if (this.attached && !this.ended && told !== this.toldSize) {
      this.toldSize = told;
      void this.connection?.send("Resize", size.columns, size.rows);
    }
  }

  private fitNow(): void {
    const fitting = this.opened && this.frame.screen.clientWidth > 0 && this.frame.screen.clientHeight > 0 ? this.fit.proposeDimensions() : undefined;
    if (!fitting || isNaN(fitting.cols) || isNaN(fitting.rows)) {
      return;
    }
    this.fitting = { columns: fitting.cols, rows: fitting.rows };
    if (!this.attached && this.drawn === 0) {
      this.terminal.resize(fitting.cols, fitting.rows);
    }
    this.showState();
  }

  /** The smallest window that looks at the session gives its size to all, and what is replayed has the size that it had then. */
  private takeSize(columns: number, rows: number): void {
    if (columns !== this.terminal.cols || rows !== this.terminal.rows) {
      this.terminal.resize(columns, rows);
    }
    this.showState();
  }

  // What a person does.

  private applySettings(): void {
    const scheme = settings.scheme;
    this.terminal.options.theme = scheme.theme;
    this.terminal.options.minimumContrastRatio = scheme.contrast;
    this.terminal.options.fontSize = settings.fontSize;
    this.frame.paint(scheme);
    this.fitNow();
    this.tellSize();
  }

  private find(text: string, direction: "next" | "previous" | "typing"): void {
    const { yellow, selectionBackground } = settings.scheme.theme;
    const options = {
      incremental: direction === "typing",
      decorations: { matchBackground: selectionBackground!, activeMatchBackground: selectionBackground!, activeMatchBorder: yellow!, matchOverviewRuler: yellow!, activeMatchColorOverviewRuler: yellow! },
    };
    if (text === "") {
      this.search.clearDecorations();
      this.frame.showMatches("");
    } else {
      void (direction === "previous" ? this.search.findPrevious(text, options) : this.search.findNext(text, options));
    }
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
    this.tellSize();
    const back = () => {
      clearInterval(watch);
      this.popup = null;
      this.frame.uncover();
      this.tellSize();
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

/** Whether the page's own connection is lost: its bar is shown then. */
function pageIsAway(): boolean {
  const bar = document.getElementById("components-reconnect-modal");
  return bar !== null && ["show", "retrying", "failed"].some((state) => bar.classList.contains(`components-reconnect-${state}`));
}

/** Connects the page again now, rather than when its own waiting is over. */
async function reconnectPage(): Promise<void> {
  if (pageIsAway()) {
    await (window as unknown as { Blazor?: { reconnect?: () => Promise<boolean> } }).Blazor?.reconnect?.();
  }
}

async function withTimeout<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: number | undefined;
  try {
    return await Promise.race([work, new Promise<never>((_, failed) => (timer = window.setTimeout(() => failed(new Error("no answer")), ms)))]);
  } finally {
    clearTimeout(timer);
  }
}
