import { HubConnection, HubConnectionBuilder, HttpTransportType, LogLevel } from "@microsoft/signalr";
import type { TerminalFrame } from "./terminal-frame";
import { fromBase64, pieces, toBase64 } from "./terminal-text";

const acknowledgeEvery = 64 * 1024;
const acknowledgeAfterMs = 200;
const longestWaitSeconds = 15;

export interface Size {
  columns: number;
  rows: number;
}

export interface State {
  status: string;
  expires_at: string;
  idle_expires_at: string;
  attached_clients: number;
  latency_ms: number | null;
  now: string;
  commands_recorded: boolean | null;
}

/** What the link asks of its window, and tells it. */
export interface LinkWindow {
  /** Null: there is no such session any more. */
  ticket(): Promise<string | null>;
  /** Draws what came before and begins anew. */
  begin(): Promise<Size>;
  size(): Size;
  replay(bytes: number): void;
  state(state: State): void;
  /** What comes after it is meant for a terminal of this size. */
  resized(columns: number, rows: number): void;
  output(bytes: Uint8Array): void;
  ended(reason: string): void;
}

/** The way to the hub: attached for as long as the session lives, and again after each break. */
export class TerminalLink {
  /** Whether the session answers now. */
  attached = false;
  private ended = false;
  private connection: HubConnection | null = null;
  private tryNow: (() => void) | null = null;
  private toldSize = "";
  private acknowledged = 0;
  private acknowledging: number | undefined;
  private drawn = 0;

  constructor(private readonly url: string, private readonly frame: TerminalFrame, private readonly window: LinkWindow, private readonly stop: AbortSignal) {
    stop.addEventListener("abort", () => {
      clearTimeout(this.acknowledging);
      void this.connection?.stop();
    });
  }

  async run(): Promise<void> {
    for (let failures = 0; !this.stop.aborted && !this.ended; ) {
      try {
        await this.attachOnce(() => (failures = 0));
      } catch {
        // The bar below says so, and the next turn tries again.
      }
      this.attached = false;
      if (this.ended || this.stop.aborted) {
        return;
      }
      failures++;
      await this.waitToRetry(failures === 1 ? 0 : Math.min(2 ** (failures - 1), longestWaitSeconds));
    }
  }

  send(bytes: Uint8Array): void {
    if (!this.attached || this.ended) {
      return;
    }
    for (const piece of pieces(bytes)) {
      void this.connection?.send("Input", toBase64(piece));
    }
  }

  tellSize(): void {
    const size = this.window.size();
    const told = `${size.columns} ${size.rows}`;
    if (this.attached && !this.ended && told !== this.toldSize) {
      this.toldSize = told;
      void this.connection?.send("Resize", size.columns, size.rows);
    }
  }

  /** @param drawn How many bytes since the window began anew. */
  draws(drawn: number): void {
    this.drawn = drawn;
    if (drawn - this.acknowledged >= acknowledgeEvery) {
      this.acknowledge();
    } else {
      this.acknowledging ??= window.setTimeout(() => this.acknowledge(), acknowledgeAfterMs);
    }
  }

  private acknowledge(): void {
    clearTimeout(this.acknowledging);
    this.acknowledging = undefined;
    if (this.attached && this.drawn > this.acknowledged) {
      this.acknowledged = this.drawn;
      void this.connection?.send("Acknowledge", this.drawn);
    }
  }

  /** Attaches, and comes back when the stream has ended. */
  private async attachOnce(connected: () => void): Promise<void> {
    if (pageIsAway()) {
      throw new Error("The page has lost its connection, over which it asks for the ticket.");
    }
    const connection = new HubConnectionBuilder()
      .withUrl(this.url, { skipNegotiation: true, transport: HttpTransportType.WebSockets })
      .configureLogging(LogLevel.None)
      .build();
    this.connection = connection;
    connection.on("State", (state: State) => this.window.state(state));
    connection.on("Size", (columns: number, rows: number) => this.window.resized(columns, rows));
    connection.on("Closed", (reason: string) => this.end(reason));
    connection.on("Replay", (bytes: number) => {
      this.attached = true;
      connected();
      this.frame.hideNotice();
      this.toldSize = "";
      this.window.replay(bytes);
      this.tellSize();
    });
    try {
      const [ticket] = await Promise.all([withTimeout(this.window.ticket(), 10_000), connection.start()]);
      if (ticket === null) {
        this.end("gone");
        return;
      }
      const size = await this.window.begin();
      this.drawn = this.acknowledged = 0;
      await new Promise<void>((done, failed) => {
        connection.onclose((error) => failed(error ?? new Error("closed")));
        connection.stream<string>("Attach", ticket, size.columns, size.rows).subscribe({
          next: (item) => this.window.output(fromBase64(item)),
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

  private end(reason: string): void {
    if (!this.ended) {
      this.ended = true;
      this.window.ended(reason);
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
    addEventListener("online", () => this.tryNow?.(), { once: true, signal: this.stop });
    for (let left = seconds; left > 0 && !now && !this.stop.aborted; left--) {
      this.frame.notice(`Connection lost. The session goes on; trying again in ${left} s.`, [{ text: "Try now", act: () => this.tryNow?.() }]);
      await Promise.race([this.sleep(1000), asked]);
    }
    if (now) {
      await asked;
    }
    this.tryNow = null;
    if (!this.stop.aborted) {
      this.frame.notice("Connection lost. The session goes on; connecting…");
    }
  }

  /** This window was cut off because it was too slow: it comes back when somebody looks at it. */
  private async waitUntilWanted(): Promise<void> {
    this.frame.setStatus("warn", "Detached");
    await new Promise<void>((wanted) => {
      this.frame.notice("This window could not keep up with the output and was detached. The session goes on.", [{ text: "Attach again", act: wanted }]);
      this.stop.addEventListener("abort", () => wanted(), { once: true });
      document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wanted(), { once: true, signal: this.stop });
    });
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, ms);
      this.stop.addEventListener("abort", () => {
        clearTimeout(timer);
        done();
      }, { once: true });
    });
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
