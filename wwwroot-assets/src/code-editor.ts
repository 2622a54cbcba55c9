import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

interface DotNetObject {
  invokeMethodAsync(method: string, ...args: unknown[]): Promise<unknown>;
}

/** Something to be seen in the margin; the line and column are counted from 1. */
interface Issue {
  line: number;
  column: number | null;
  severity: "error" | "warning" | "info";
  message: string;
}

interface EditorOptions {
  text: string;
  label: string;
  language: string;
  readOnly: boolean;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent)" },
  { tag: [tags.string, tags.content], color: "var(--text)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--text-3)", fontStyle: "italic" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--series-2)" },
  { tag: [tags.typeName, tags.labelName, tags.meta], color: "var(--series-3)" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--text-2)" },
]);

/** An editor for a file of text. It tells when what is in it begins or ceases to differ from what was given to it. */
export function create(place: HTMLElement, owner: DotNetObject, options: EditorOptions) {
  let given = EditorState.create({ doc: options.text }).doc;
  let dirty = false;

  const tell = (doc: typeof given) => {
    const now = !doc.eq(given);
    if (now !== dirty) {
      dirty = now;
      void owner.invokeMethodAsync("DirtyChanged", dirty);
    }
  };

  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        lineNumbers(), lintGutter(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(),
        highlightActiveLine(), highlightSelectionMatches(), search({ top: true }), indentUnit.of("  "), EditorState.tabSize.of(2),
        syntaxHighlighting(colours), options.language === "yaml" ? yaml() : [],
        EditorState.readOnly.of(options.readOnly),
        EditorView.contentAttributes.of({ "aria-label": options.label, tabindex: "0" }),
        // Tab indents; Escape and then Tab leaves, as everywhere where Tab has a meaning of its own.
        keymap.of([
          { key: "Mod-s", run: () => { void owner.invokeMethodAsync("SaveAsked"); return true; }, preventDefault: true },
          ...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            tell(update.state.doc);
          }
        }),
      ],
    }),
  });

  const leave = (e: BeforeUnloadEvent) => {
    if (dirty) {
      e.preventDefault();
    }
  };
  addEventListener("beforeunload", leave);

  return {
    /** As UTF-8, to be read as a stream: it may be larger than one message. */
    read: () => new TextEncoder().encode(view.state.doc.toString()),
    /** What is in it now is as it was given. */
    settle: () => {
      given = view.state.doc;
      tell(given);
    },
    put: (text: string) => {
      given = EditorState.create({ doc: text }).doc;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      tell(view.state.doc);
    },
    /** As if it were typed: it differs from what was given. */
    replace: (text: string) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    mark: (issues: Issue[]) => {
      const doc = view.state.doc;
      const found: Diagnostic[] = issues.map(({ line, column, severity, message }) => {
        const at = doc.line(Math.max(1, Math.min(doc.lines, line)));
        return { from: Math.min(at.to, at.from + Math.max(0, (column ?? 1) - 1)), to: at.to, severity, message };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    /** Puts the cursor on a line, counted from 1, in sight. */
    show: (line: number) => {
      const at = view.state.doc.line(Math.max(1, Math.min(view.state.doc.lines, line))).from;
      view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
    dispose: () => {
      removeEventListener("beforeunload", leave);
      view.destroy();
    },
  };
}
