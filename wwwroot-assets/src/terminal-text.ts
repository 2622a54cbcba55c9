/** The most that one call of the hub's Input takes. */
export const maxInput = 64 * 1024;

interface Base64Bytes {
  fromBase64?(text: string): Uint8Array;
}

const native = Uint8Array as unknown as Base64Bytes;

export function fromBase64(text: string): Uint8Array {
  return native.fromBase64 ? native.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

export function toBase64(bytes: Uint8Array): string {
  const own = bytes as Uint8Array & { toBase64?(): string };
  return own.toBase64 ? own.toBase64() : btoa(Array.from(bytes, (b) => String.fromCharCode(b)).join(""));
}

/** Cuts a long paste into what the hub takes at once. */
export function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += maxInput) {
    yield bytes.subarray(at, at + maxInput);
  }
}

/** Whether this is what a terminal answers to a program (device attributes, cursor place, colours, focus), and not a key. */
export function isReport(text: string): boolean {
  return /^\x1b(?:\[[?>=]?[\d;]*\$?[cnRty]|\[[IO]$|[\]P])/.test(text);
}

/** Without control characters but tabs and line ends: an escape sequence in a page's text could end the paste and run what follows. */
export function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, "");
}

/** A cursor key (ESC [ A to D) as the program on the host wants it: ESC O A to D in application mode. Other text stays as it is. */
export function cursorKey(text: string, application: boolean): string {
  return application ? text.replace(/^\x1b\[([A-D])$/, "\x1bO$1") : text;
}

export function lineCount(text: string): number {
  return text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").length;
}

/** Such as "58 min" or "11 h 42 min". */
export function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  if (minutes < 1) {
    return "less than a minute";
  }
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  if (days > 0) {
    return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  }
  const rest = minutes % 60;
  return hours === 0 ? `${rest} min` : rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Such as "1:42", for what is near. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Such as "840 kB" or "1.2 MB". */
export function amount(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** When a session ends by itself, and why first. */
export interface Expiry {
  /** Milliseconds from now. */
  left: number;
  /** Because nothing is typed, rather than at its time limit. */
  idle: boolean;
}

/** Which of its two ends comes first. All in milliseconds of one clock. */
export function expiry(now: number, idleExpiresAt: number, expiresAt: number): Expiry {
  return idleExpiresAt < expiresAt ? { left: idleExpiresAt - now, idle: true } : { left: expiresAt - now, idle: false };
}

/** How the place among what was found is said; index counts from 0 and is -1 when there are too many to say. */
export function matches(index: number, count: number): string {
  return count === 0 ? "None" : index < 0 ? `${count}+` : `${index + 1} of ${count}`;
}
