import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { HighlightStyle, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

interface DotNetObject {
  invokeMethodAsync(method: string, ...args: unknown[]): Promise<unknown>;
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
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(),
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
    focus: () => view.focus(),
    dispose: () => {
      removeEventListener("beforeunload", leave);
      view.destroy();
    },
  };
}
