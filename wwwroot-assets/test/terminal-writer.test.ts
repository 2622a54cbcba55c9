import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { largestDraw, TerminalWriter } from "../src/terminal-writer";

/** A screen that draws when it is told to. */
function screen() {
  const wrote: string[] = [];
  const lengths: number[] = [];
  const finish: (() => void)[] = [];
  const writer = new TerminalWriter((bytes, done) => {
    wrote.push(bytes.length > 100 ? `${bytes.length}` : new TextDecoder().decode(bytes));
    finish.push(done);
  }, (bytes) => lengths.push(bytes));
  return { writer, wrote, lengths, drawn: () => finish.shift()?.() };
}

const bytes = (text: string) => new TextEncoder().encode(text);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is written", () => {
  test("goes to the screen at once when it has nothing to do, and as one when it has", () => {
    const { writer, wrote, lengths, drawn } = screen();
    for (const text of ["a", "b", "c"]) {
      writer.draw(bytes(text));
    }
    expect(wrote).toEqual(["a"]);
    drawn();
    expect(wrote).toEqual(["a", "bc"]);
    drawn();
    expect(lengths).toEqual([1, 2]);
    writer.draw(bytes("d"));
    expect(wrote).toEqual(["a", "bc", "d"]);
  });

  test("is cut where something else is to be done, in its order", () => {
    const { writer, wrote, drawn } = screen();
    writer.then(() => wrote.push("1"));
    writer.draw(bytes("a"));
    writer.draw(bytes("b"));
    writer.then(() => wrote.push("2"));
    writer.draw(bytes("c"));
    drawn();
    drawn();
    drawn();
    expect(wrote).toEqual(["1", "a", "b", "2", "c"]);
  });

  test("is never more at once than the browser is to wait for", () => {
    const { writer, wrote, drawn } = screen();
    writer.draw(bytes("a"));
    for (let i = 0; i < 5; i++) {
      writer.draw(new Uint8Array(largestDraw / 2 - 1));
    }
    drawn();
    drawn();
    drawn();
    vi.advanceTimersByTime(40);
    expect(wrote).toEqual(["a", `${largestDraw - 2}`, `${largestDraw - 2}`, `${largestDraw / 2 - 1}`]);
  });

  test("is gathered for a while in a flood, unless it is much already", () => {
    const { writer, wrote, drawn } = screen();
    writer.draw(new Uint8Array(20_000));
    drawn();
    writer.draw(bytes("a"));
    writer.draw(bytes("b"));
    expect(wrote).toEqual(["20000"]);
    vi.advanceTimersByTime(33);
    expect(wrote).toEqual(["20000", "ab"]);
    drawn();
    writer.draw(bytes("c"));
    expect(wrote).toEqual(["20000", "ab", "c"]);
    drawn();
    writer.draw(new Uint8Array(20_000));
    drawn();
    writer.draw(new Uint8Array(largestDraw));
    expect(wrote.slice(3)).toEqual(["20000", `${largestDraw}`]);
  });
});
