/** Colours of SGR sequences, as classes of styles/automation.css. */
const colours: Record<number, string> = { 31: "red", 32: "green", 33: "yellow", 34: "blue", 35: "magenta", 36: "cyan", 30: "dim", 90: "dim", 91: "red", 92: "green", 93: "yellow", 94: "blue", 95: "magenta", 96: "cyan" };
const sequence = /\x1b(?:\[([0-9;]*)m|\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)/g;

export interface Piece {
  text: string;
  style: string;
}

/** The pieces of a line with their styles. What is no colour is left out; the text is never markup. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let [colour, bold, at] = ["", false, 0];
  const take = (end: number) => {
    if (end > at) {
      found.push({ text: line.slice(at, end), style: `${colour}${bold ? " bold" : ""}`.trim() });
    }
  };
  for (const match of line.matchAll(sequence)) {
    take(match.index);
    at = match.index + match[0].length;
    for (const code of match[1] === undefined ? [] : match[1].split(";").map(Number)) {
      if (code === 0) {
        [colour, bold] = ["", false];
      } else if (code === 1) {
        bold = true;
      } else if (code === 39) {
        colour = "";
      } else if (code in colours) {
        colour = colours[code]!;
      }
    }
  }
  take(line.length);
  return found;
}

/** The text alone. */
export const plain = (line: string) => line.replace(sequence, "");
