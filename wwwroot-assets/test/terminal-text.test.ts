import { describe, expect, it } from "vitest";
import { amount, countdown, cursorKey, expiry, fromBase64, isReport, lineCount, matches, maxInput, pieces, printable, span, toBase64 } from "../src/terminal-text";

describe("base64", () => {
  it("brings every byte there and back", () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(fromBase64(toBase64(all))).toEqual(all);
    expect(fromBase64(toBase64(new Uint8Array()))).toEqual(new Uint8Array());
  });
});

describe("pieces", () => {
  it("cuts a long paste without losing anything", () => {
    const long = Uint8Array.from({ length: 2 * maxInput + 5 }, (_, i) => i % 251);
    const cut = [...pieces(long)];
    expect(cut.map((p) => p.length)).toEqual([maxInput, maxInput, 5]);
    expect(Uint8Array.from(cut.flatMap((p) => [...p]))).toEqual(long);
  });

  it("sends nothing for nothing", () => {
    expect([...pieces(new Uint8Array())]).toEqual([]);
  });
});

describe("isReport", () => {
  it.each(["\x1b[?1;2c", "\x1b[>0;276;0c", "\x1b[24;80R", "\x1b[0n", "\x1b[?2026;2$y", "\x1b]11;rgb:0b0b/0e0e/1212\x1b\\", "\x1bP1$r0m\x1b\\", "\x1b[I", "\x1b[O"])(
    "knows the answer %j", (text) => expect(isReport(text)).toBe(true));

  it.each(["a", "\r", "\x1b", "\x1b[A", "\x1bOP", "\x1b[15~", "\x1b[1;5C", "\x1b[200~text\x1b[201~", "\x1b[<0;10;10M", "\x1b[Z", "\x1bc"])(
    "takes the key %j for a key", (text) => expect(isReport(text)).toBe(false));
});

describe("printable", () => {
  it("takes what could end a bracketed paste out, and leaves text as it is", () => {
    expect(printable("ls\x1b[201~;id\r")).toBe("ls[201~;id\r");
    expect(printable("a\tb\r\nç 漢 🙂\x9b\x00\x7f")).toBe("a\tb\r\nç 漢 🙂");
  });
});

describe("lineCount", () => {
  it.each([["ls", 1], ["ls\n", 1], ["ls\r\n", 1], ["a\nb", 2], ["a\r\nb\r\n", 2], ["a\rb", 2], ["\n\n", 2]])("counts %j", (text, lines) =>
    expect(lineCount(text)).toBe(lines));
});

describe("span", () => {
  it.each([[30_000, "1 min"], [20_000, "less than a minute"], [-5, "less than a minute"], [58 * 60_000, "58 min"], [60 * 60_000, "1 h"],
    [702 * 60_000, "11 h 42 min"], [1440 * 60_000, "1 d"], [1560 * 60_000, "1 d 2 h"]])("says %d ms", (ms, text) => expect(span(ms)).toBe(text));
});

describe("cursorKey", () => {
  it("is what the program asked for", () => {
    expect(["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"].map((k) => cursorKey(k, true))).toEqual(["\x1bOA", "\x1bOB", "\x1bOC", "\x1bOD"]);
    expect(cursorKey("\x1b[A", false)).toBe("\x1b[A");
  });

  it("leaves other keys alone", () => {
    expect(["\x1b", "\t", "|", "\x03"].map((k) => cursorKey(k, true))).toEqual(["\x1b", "\t", "|", "\x03"]);
  });
});

describe("countdown", () => {
  it.each([[102_000, "1:42"], [101_001, "1:42"], [60_000, "1:00"], [59_000, "0:59"], [0, "0:00"], [-5000, "0:00"], [600_000, "10:00"]])(
    "says %d ms", (ms, text) => expect(countdown(ms)).toBe(text));
});

describe("amount", () => {
  it.each([[1, "1 kB"], [840_000, "840 kB"], [1_234_567, "1.2 MB"]])("says %d bytes", (bytes, text) => expect(amount(bytes)).toBe(text));
});

describe("expiry", () => {
  it("is what comes first", () => {
    expect(expiry(1000, 5000, 9000)).toEqual({ left: 4000, idle: true });
    expect(expiry(1000, 9000, 5000)).toEqual({ left: 4000, idle: false });
  });
});

describe("matches", () => {
  it.each([[0, 3, "1 of 3"], [2, 3, "3 of 3"], [-1, 0, "None"], [-1, 1000, "1000+"]])("says place %d of %d", (index, count, text) =>
    expect(matches(index, count)).toBe(text));
});
