import { expect, test } from "vitest";
import { pieces, plain } from "../src/ansi";

test("colours become styles, and nothing else of a sequence stays", () => {
  expect(pieces("\x1b[0;32mok: [nas]\x1b[0m done")).toEqual([
    { text: "ok: [nas]", style: "green" },
    { text: " done", style: "" },
  ]);
  expect(pieces("\x1b[1;31m<b>bad</b>\x1b[0m")).toEqual([{ text: "<b>bad</b>", style: "red bold" }]);
});

test("what moves the cursor or names a window is left out", () => {
  expect(plain("a\x1b[2Kb\x1b]0;title\x07c\x1b[10;5Hd")).toBe("abcd");
  expect(pieces("\x1b]0;unfinished")).toEqual([]);
});
