import type { ITheme } from "@xterm/xterm";

/** A set of colours for the terminal. */
export interface Scheme {
  id: string;
  name: string;
  theme: ITheme;
  /** The least contrast that text is drawn with; programs choose colours for a background that may be another one here. */
  contrast: number;
}

/** Black to white, then the bright ones, as terminals number them. */
type Sixteen = readonly [string, string, string, string, string, string, string, string, string, string, string, string, string, string, string, string];

function scheme(id: string, name: string, background: string, foreground: string, selection: string, colours: Sixteen, contrast = 1): Scheme {
  const [black, red, green, yellow, blue, magenta, cyan, white,
    brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite] = colours;
  return {
    id, name, contrast,
    theme: {
      background, foreground, cursor: foreground, cursorAccent: background, selectionBackground: selection,
      black, red, green, yellow, blue, magenta, cyan, white,
      brightBlack, brightRed, brightGreen, brightYellow, brightBlue, brightMagenta, brightCyan, brightWhite,
    },
  };
}

/** The first is what a browser starts with; its colours are those of the page's tokens. */
export const schemes: readonly Scheme[] = [
  scheme("default", "Homelab", "#0b0e12", "#d5dbe5", "#3d5a86", [
    "#222936", "#f07f7c", "#6cc48f", "#e0b25c", "#7fb2ff", "#c3a0f5", "#5fc9bb", "#b9c2cf",
    "#7c8797", "#f07f7c", "#6cc48f", "#e0b25c", "#7fb2ff", "#c3a0f5", "#5fc9bb", "#ffffff"]),
  scheme("solarized-dark", "Solarized Dark", "#002b36", "#93a1a1", "#0e4a58", [
    "#073642", "#dc322f", "#859900", "#b58900", "#268bd2", "#d33682", "#2aa198", "#eee8d5",
    "#586e75", "#cb4b16", "#93a1a1", "#657b83", "#839496", "#6c71c4", "#93a1a1", "#fdf6e3"]),
  scheme("gruvbox", "Gruvbox", "#282828", "#ebdbb2", "#504945", [
    "#282828", "#cc241d", "#98971a", "#d79921", "#458588", "#b16286", "#689d6a", "#a89984",
    "#928374", "#fb4934", "#b8bb26", "#fabd2f", "#83a598", "#d3869b", "#8ec07c", "#ebdbb2"]),
  scheme("nord", "Nord", "#2e3440", "#d8dee9", "#4c566a", [
    "#3b4252", "#bf616a", "#a3be8c", "#ebcb8b", "#81a1c1", "#b48ead", "#88c0d0", "#e5e9f0",
    "#7b88a1", "#bf616a", "#a3be8c", "#ebcb8b", "#81a1c1", "#b48ead", "#8fbcbb", "#eceff4"]),
  scheme("light", "Light", "#ffffff", "#1a2130", "#bcd4f8", [
    "#1a2130", "#c12e2b", "#197644", "#8a5c00", "#2563c9", "#7a4fc0", "#0f6f77", "#606b7c",
    "#4c5768", "#c12e2b", "#197644", "#8a5c00", "#2563c9", "#7a4fc0", "#0f6f77", "#1a2130"], 4.5),
  scheme("high-contrast", "High contrast", "#000000", "#ffffff", "#3355aa", [
    "#000000", "#ff6b6b", "#5dff7a", "#ffe95c", "#8ab4ff", "#ff8cff", "#5cffff", "#ffffff",
    "#c0c0c0", "#ff8c8c", "#8cffa0", "#fff08c", "#b0ccff", "#ffb0ff", "#8cffff", "#ffffff"], 7),
];

export function schemeOf(id: string | null): Scheme {
  return schemes.find((s) => s.id === id) ?? schemes[0]!;
}
