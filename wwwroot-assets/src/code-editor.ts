import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, type Text } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

interface DotNet {
  invokeMethodAsync(method: string, ...args: unknown[]): Promise<unknown>;
}

interface StreamReference {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** As the server tells it; the line is counted from 1. */
interface Issue {
  line: number;
  column: number | null;
  severity: "error" | "warning" | "info";
  message: string;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--series-1)" },
  { tag: [tags.string, tags.content], color: "var(--text)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--series-4)" },
  { tag: tags.comment, color: "var(--text-3)", fontStyle: "italic" },
  { tag: [tags.keyword, tags.meta, tags.labelName, tags.typeName], color: "var(--series-2)" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--text-2)" },
  { tag: tags.invalid, color: "var(--crit)" },
]);

interface Options {
  label: string;
  language: string;
  readOnly: boolean;
}

/** A text editor. The text goes to and from the server as a stream, so that its length is bounded by the server alone. */
export async function create(element: HTMLElement, server: DotNet, text: StreamReference, options: Options): Promise<CodeEditor> {
  return new CodeEditor(element, server, await decode(text), options);
}

const decode = async (text: StreamReference) => new TextDecoder().decode(await text.arrayBuffer());

class CodeEditor {
  private readonly view: EditorView;
  private readonly locked = new Compartment();
  private readonly end = new AbortController();
  private given: Text;
  private dirty = false;

  constructor(element: HTMLElement, private readonly server: DotNet, text: string, options: Options) {
    this.view = new EditorView({
      parent: element,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(), lintGutter(), foldGutter(), highlightActiveLine(), highlightActiveLineGutter(), history(), drawSelection(), indentOnInput(),
          bracketMatching(), highlightSelectionMatches(), search({ top: true }), indentUnit.of("  "), options.language === "yaml" ? yaml() : [], syntaxHighlighting(colours),
          this.locked.of(lock(options.readOnly)),
          EditorView.contentAttributes.of({ "aria-label": options.label, spellcheck: "false", autocapitalize: "none" }),
          keymap.of([
            { key: "Mod-s", preventDefault: true, run: () => (void this.server.invokeMethodAsync("SaveKeyAsync"), true) },
            // Tab indents while one writes; Escape and then Tab leaves, as everywhere in CodeMirror.
            ...defaultKeymap, ...historyKeymap, ...foldKeymap, ...searchKeymap, indentWithTab,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) {
              this.tell();
            }
          }),
        ],
      }),
    });
    this.given = this.view.state.doc;
    addEventListener("beforeunload", (e) => this.dirty && e.preventDefault(), { signal: this.end.signal });
  }

  /** The text as it is now, as UTF-8. */
  read(): Uint8Array {
    return new TextEncoder().encode(this.view.state.doc.toString());
  }

  async write(text: StreamReference): Promise<void> {
    const insert = await decode(text);
    this.given = this.view.state.toText(insert);
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert } });
  }

  /** What is in it now is as it was given. */
  settle(): void {
    this.given = this.view.state.doc;
    this.tell();
  }

  lock(readOnly: boolean): void {
    this.view.dispatch({ effects: this.locked.reconfigure(lock(readOnly)) });
  }

  mark(issues: Issue[]): void {
    const doc = this.view.state.doc;
    const found: Diagnostic[] = issues.map((issue) => {
      const line = doc.line(Math.max(1, Math.min(doc.lines, issue.line)));
      const from = Math.min(line.to, line.from + Math.max(0, (issue.column ?? 1) - 1));
      return { from, to: line.to, severity: issue.severity, message: issue.message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, found));
  }

  /** Shows a line, counted from 1, and puts the cursor there. */
  show(line: number): void {
    const at = this.view.state.doc.line(Math.max(1, Math.min(this.view.state.doc.lines, line))).from;
    this.view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    this.view.focus();
  }

  dispose(): void {
    this.end.abort();
    this.view.destroy();
  }

  private tell(): void {
    const dirty = !this.view.state.doc.eq(this.given);
    if (dirty !== this.dirty) {
      this.dirty = dirty;
      void this.server.invokeMethodAsync("DirtyChangedAsync", dirty);
    }
  }
}

const lock = (readOnly: boolean) => [EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)];
