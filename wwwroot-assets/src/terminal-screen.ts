import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal, type ITerminalOptions } from "@xterm/xterm";
import { settings } from "./terminal-settings";
import { matches } from "./terminal-text";

/** An xterm with what each one of the page has: the chosen colours and text size, wide characters, links and search. */
export class TerminalScreen {
  readonly terminal: Terminal;
  readonly fit = new FitAddon();
  private readonly search = new SearchAddon();

  /** @param found Gets how many matches there are, in words. */
  constructor(options: ITerminalOptions, private readonly found: (text: string) => void) {
    this.terminal = new Terminal({
      allowProposedApi: true,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue("--font-mono"),
      lineHeight: 1.2,
      scrollback: 10_000,
      ...options,
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new Unicode11Addon());
    this.terminal.unicode.activeVersion = "11";
    this.terminal.loadAddon(new WebLinksAddon((_, uri) => void window.open(uri, "_blank", "noopener,noreferrer")));
    this.search.onDidChangeResults(({ resultIndex, resultCount }) => found(matches(resultIndex, resultCount)));
    this.dress();
  }

  /** Takes on the colours and the text size that are chosen now. */
  dress(): void {
    const { fontSize, scheme } = settings;
    this.terminal.options.fontSize = fontSize;
    this.terminal.options.theme = scheme.theme;
    this.terminal.options.minimumContrastRatio = scheme.contrast;
  }

  /** @param incremental While one types: what is found already may grow where it is. */
  find(text: string, back: boolean, incremental: boolean): void {
    if (text === "") {
      this.forget();
      this.found("");
      return;
    }
    const { yellow, selectionBackground } = settings.scheme.theme;
    const options = {
      incremental,
      decorations: { matchBackground: selectionBackground!, activeMatchBackground: selectionBackground!, activeMatchBorder: yellow!, matchOverviewRuler: yellow!, activeMatchColorOverviewRuler: yellow! },
    };
    void (back ? this.search.findPrevious(text, options) : this.search.findNext(text, options));
  }

  /** Marks nothing any more. */
  forget(): void {
    this.search.clearDecorations();
  }
}
