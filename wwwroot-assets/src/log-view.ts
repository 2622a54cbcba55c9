import { useGpu } from "./terminal-gpu";
import { TerminalScreen } from "./terminal-screen";
import { settings } from "./terminal-settings";

export function create(element: HTMLElement): LogView {
  return new LogView(element);
}

/** A log, drawn as a terminal draws and without its keys: colours, search and a long way back. It stays at the end unless scrolled up. */
class LogView {
  private readonly screen: TerminalScreen;
  private readonly stop = new AbortController();
  private readonly resizes: ResizeObserver;

  constructor(root: HTMLElement) {
    const screen = root.querySelector<HTMLElement>(".log-screen")!;
    const find = root.querySelector<HTMLInputElement>("[data-log-find]")!;
    const found = root.querySelector<HTMLElement>("[data-log-found]")!;
    const signal = this.stop.signal;

    this.screen = new TerminalScreen({ convertEol: true, cursorInactiveStyle: "none", disableStdin: true }, (text) => (found.textContent = find.value ? text : ""));
    const { terminal, fit } = this.screen;
    const dress = () => {
      this.screen.dress();
      fit.fit();
    };
    settings.watch(dress, signal);
    terminal.open(screen);
    useGpu(terminal);
    // Tab leaves it, as nothing is typed into it.
    terminal.attachCustomKeyEventHandler((e) => e.key !== "Tab");
    terminal.textarea?.setAttribute("aria-label", "Log");
    this.resizes = new ResizeObserver(() => screen.clientWidth > 0 && fit.fit());
    this.resizes.observe(screen);

    const look = (back: boolean, incremental: boolean) => this.screen.find(find.value, back, incremental);
    find.addEventListener("input", () => look(true, true), { signal });
    find.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        e.preventDefault();
        look(!e.shiftKey, false);
      }
    }, { signal });
    root.querySelector("[data-log-up]")?.addEventListener("click", () => look(true, false), { signal });
    root.querySelector("[data-log-down]")?.addEventListener("click", () => look(false, false), { signal });
  }

  /** Resolves once it is taken in, so that whoever sends more waits for a page that is slow. */
  append(text: string): Promise<void> {
    return new Promise((done) => this.screen.terminal.write(text, done));
  }

  clear(): void {
    this.screen.terminal.reset();
  }

  dispose(): void {
    this.stop.abort();
    this.resizes.disconnect();
    this.screen.terminal.dispose();
  }
}
