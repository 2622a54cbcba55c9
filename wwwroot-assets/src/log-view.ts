import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import { useGpu } from "./terminal-gpu";
import { settings } from "./terminal-settings";
import { matches } from "./terminal-text";

export function create(element: HTMLElement): LogView {
  return new LogView(element);
}

/** A log, drawn as a terminal draws and without its keys: colours, search and a long way back. It stays at the end unless scrolled up. */
class LogView {
  private readonly terminal = new Terminal({
    allowProposedApi: true,
    convertEol: true,
    cursorInactiveStyle: "none",
    disableStdin: true,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono"),
    lineHeight: 1.2,
    scrollback: 10_000,
  });
  private readonly fit = new FitAddon();
  private readonly search = new SearchAddon();
  private readonly stop = new AbortController();
  private readonly resizes: ResizeObserver;

  constructor(root: HTMLElement) {
    const screen = root.querySelector<HTMLElement>(".log-screen")!;
    const find = root.querySelector<HTMLInputElement>("[data-log-find]")!;
    const found = root.querySelector<HTMLElement>("[data-log-found]")!;
    const signal = this.stop.signal;

    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = "11";
    this.terminal.loadAddon(new WebLinksAddon((_, uri) => void window.open(uri, "_blank", "noopener,noreferrer")));
    this.applySettings();
    settings.watch(() => this.applySettings(), signal);
    this.terminal.open(screen);
    useGpu(this.terminal);
    // Tab leaves it, as nothing is typed into it.
    this.terminal.attachCustomKeyEventHandler((e) => e.key !== "Tab");
    this.terminal.textarea?.setAttribute("aria-label", "Log");
    this.resizes = new ResizeObserver(() => screen.clientWidth > 0 && this.fit.fit());
    this.resizes.observe(screen);

    this.search.onDidChangeResults(({ resultIndex, resultCount }) => (found.textContent = find.value ? matches(resultIndex, resultCount) : ""));
    const look = (back: boolean, incremental: boolean) => {
      if (!find.value) {
        this.search.clearDecorations();
        found.textContent = "";
      } else if (back) {
        this.search.findPrevious(find.value, LogView.marks(incremental));
      } else {
        this.search.findNext(find.value, LogView.marks(incremental));
      }
    };
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
    return new Promise((done) => this.terminal.write(text, done));
  }

  clear(): void {
    this.terminal.reset();
  }

  dispose(): void {
    this.stop.abort();
    this.resizes.disconnect();
    this.terminal.dispose();
  }

  private static marks(incremental: boolean) {
    const { yellow, selectionBackground } = settings.scheme.theme;
    return {
      incremental,
      decorations: { matchBackground: selectionBackground!, activeMatchBackground: selectionBackground!, activeMatchBorder: yellow!, matchOverviewRuler: yellow!, activeMatchColorOverviewRuler: yellow! },
    };
  }

  private applySettings(): void {
    const { fontSize, scheme } = settings;
    this.terminal.options.fontSize = fontSize;
    this.terminal.options.theme = scheme.theme;
    this.terminal.options.minimumContrastRatio = scheme.contrast;
    this.fit.fit();
  }
}
