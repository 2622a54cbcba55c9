/** Sent by a terminal, on its element, for keys that are for the panes around it and not for its host. */
export const commandEvent = "terminalcommand";

export type PaneCommand = "split-right" | "split-down" | "close" | "focus-left" | "focus-right" | "focus-up" | "focus-down";

/** What a key means for the panes; undefined: it is the host's. All are Ctrl+Shift, which shells leave alone. */
export function paneCommand(e: KeyboardEvent, severalPanes: boolean): PaneCommand | undefined {
  if (e.type !== "keydown" || !e.ctrlKey || !e.shiftKey || e.altKey || e.metaKey) {
    return undefined;
  }
  switch (e.code) {
    case "KeyE": return "split-right";
    case "KeyO": return "split-down";
    case "KeyX": return severalPanes ? "close" : undefined;
    case "ArrowLeft": return severalPanes ? "focus-left" : undefined;
    case "ArrowRight": return severalPanes ? "focus-right" : undefined;
    case "ArrowUp": return severalPanes ? "focus-up" : undefined;
    case "ArrowDown": return severalPanes ? "focus-down" : undefined;
    default: return undefined;
  }
}
