/** What is drawn at most between two looks of the browser: enough that a flood is not held up by a drawing of each screenful of it. */
export const largestDraw = 256 * 1024;

const floodFrom = 16 * 1024;
const floodFrameMs = 33;

/**
 * Hands output on in its order, one piece at a time. What comes while one is drawn waits, and is then drawn as one: the screen draws
 * itself after each piece, and that costs more than to read it. So in a flood, it is drawn thirty times a second and no more.
 */
export class TerminalWriter {
  private waiting: (Uint8Array | (() => void))[] = [];
  private waitingBytes = 0;
  private busy = false;
  private notBefore = 0;
  private later: ReturnType<typeof setTimeout> | undefined;

  /** @param write Draws bytes and calls back when they are on the screen. */
  constructor(private readonly write: (bytes: Uint8Array, done: () => void) => void, private readonly drew: (bytes: number) => void) {}

  draw(bytes: Uint8Array): void {
    this.waiting.push(bytes);
    this.waitingBytes += bytes.length;
    this.go();
  }

  /** Does something once all that came before it is drawn. */
  then(act: () => void): void {
    this.waiting.push(act);
    this.go();
  }

  private go(): void {
    while (!this.busy && this.waiting.length > 0) {
      const first = this.waiting[0]!;
      if (typeof first === "function") {
        this.waiting.shift();
        first();
        continue;
      }
      const now = performance.now();
      if (now < this.notBefore && this.waitingBytes < largestDraw) {
        this.later ??= setTimeout(() => {
          this.later = undefined;
          this.go();
        }, this.notBefore - now);
        return;
      }
      const bytes = this.take();
      this.waitingBytes -= bytes.length;
      this.notBefore = bytes.length >= floodFrom ? now + floodFrameMs : 0;
      this.busy = true;
      this.write(bytes, () => {
        this.busy = false;
        this.drew(bytes.length);
        this.go();
      });
    }
  }

  private take(): Uint8Array {
    let count = 0;
    let length = 0;
    for (const next of this.waiting) {
      if (typeof next === "function" || (count > 0 && length + next.length > largestDraw)) {
        break;
      }
      count++;
      length += next.length;
    }
    const pieces = this.waiting.splice(0, count) as Uint8Array[];
    if (count === 1) {
      return pieces[0]!;
    }
    const all = new Uint8Array(length);
    let at = 0;
    for (const piece of pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
