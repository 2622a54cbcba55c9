import { pieces, plain } from "./ansi";

/** Pixels; also in styles/automation.css. */
const rowHeight = 20;
/** Lines fetched together. */
const page = 500;
/** Pages kept; the others are fetched again. */
const mostPages = 40;
/** A browser draws no element higher than this; above it the scroll bar stands for more than one pixel a pixel. */
const highest = 8_000_000;
const overscan = 10;

interface Lines {
  from_line: number;
  lines: string[];
  total: number;
}

export function create(root: HTMLElement, url: string, total: number, following: boolean): RunLog {
  return new RunLog(root, url, total, following);
}

/** The output of a run: only the lines in sight are there, and they are fetched when they come in sight. */
class RunLog {
  private readonly screen: HTMLElement;
  private readonly space: HTMLElement;
  private readonly rows: HTMLElement;
  private readonly place: HTMLElement;
  private readonly found: HTMLElement;
  private readonly find: HTMLInputElement;
  private readonly follow: HTMLInputElement;
  private readonly pages = new Map<number, string[]>();
  private readonly asked = new Set<number>();
  private readonly stop = new AbortController();
  private readonly resizes: ResizeObserver;
  private matches: number[] = [];
  private match = -1;
  private marked = -1;
  private looking = "";
  /** How many lines there were when they were searched. */
  private searched = 0;
  private frame = 0;
  /** The first line in sight, with its fraction. */
  private top = 0;
  private settingScroll = false;
  private seen!: () => void;
  private readonly first = new Promise<void>((resolve) => (this.seen = resolve));

  constructor(root: HTMLElement, private readonly url: string, private total: number, following: boolean) {
    this.screen = root.querySelector<HTMLElement>("[data-run-screen]")!;
    this.place = root.querySelector<HTMLElement>("[data-run-place]")!;
    this.found = root.querySelector<HTMLElement>("[data-run-found]")!;
    this.find = root.querySelector<HTMLInputElement>("[data-run-find]")!;
    this.follow = root.querySelector<HTMLInputElement>("[data-run-follow]")!;
    const jump = root.querySelector<HTMLInputElement>("[data-run-jump]")!;
    this.space = document.createElement("div");
    this.rows = document.createElement("div");
    this.rows.className = "run-rows";
    this.space.append(this.rows);
    this.screen.replaceChildren(this.space);
    this.follow.checked = following;

    const signal = this.stop.signal;
    this.screen.addEventListener("scroll", () => this.scrolled(), { signal, passive: true });
    this.follow.addEventListener("change", () => this.follow.checked && this.show(this.total), { signal });
    this.find.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        e.preventDefault();
        void this.search(e.shiftKey ? -1 : 1);
      }
    }, { signal });
    this.find.addEventListener("input", () => this.find.value === "" && void this.search(1), { signal });
    root.querySelector("[data-run-up]")?.addEventListener("click", () => void this.search(-1), { signal });
    root.querySelector("[data-run-down]")?.addEventListener("click", () => void this.search(1), { signal });
    jump.addEventListener("keydown", (e) => {
      if (e.key === "Enter") {
        e.preventDefault();
        this.jump(Number(jump.value) - 1);
      }
    }, { signal });
    this.resizes = new ResizeObserver(() => this.resized());
    this.resizes.observe(this.screen);
    this.resized();
    if (following) {
      this.show(this.total);
    }
  }

  /** Resolves once the first lines are there or could not be had, and soon in a tab in the background, which draws none. */
  shown(): Promise<void> {
    setTimeout(this.seen, 1000);
    return this.first;
  }

  /** There are more lines now. */
  grow(total: number): void {
    if (total === this.total) {
      return;
    }
    // The last page is not whole yet.
    this.pages.delete(Math.floor(this.total / page));
    this.asked.delete(Math.floor(this.total / page));
    this.total = total;
    this.resized();
    if (this.follow.checked) {
      this.show(total);
    }
  }

  /** Shows a line, counted from 0, near the top, and marks it. */
  jump(line: number): void {
    if (Number.isFinite(line)) {
      this.follow.checked = false;
      this.marked = Math.max(0, Math.min(this.total - 1, Math.trunc(line)));
      this.show(this.marked - 2);
    }
  }

  dispose(): void {
    this.stop.abort();
    this.resizes.disconnect();
    cancelAnimationFrame(this.frame);
  }

  private get inSight(): number {
    return Math.max(1, Math.floor(this.screen.clientHeight / rowHeight));
  }

  private get lastTop(): number {
    return Math.max(0, this.total - this.inSight);
  }

  private get range(): number {
    return Math.max(0, this.space.offsetHeight - this.screen.clientHeight);
  }

  private resized(): void {
    this.space.style.height = `${Math.min(highest, Math.max(this.total, 1) * rowHeight)}px`;
    this.draw();
  }

  private show(line: number): void {
    this.top = Math.max(0, Math.min(this.lastTop, line));
    this.settingScroll = true;
    this.screen.scrollTop = this.lastTop === 0 ? 0 : (this.top / this.lastTop) * this.range;
    this.draw();
  }

  private scrolled(): void {
    if (this.settingScroll) {
      this.settingScroll = false;
      return;
    }
    const top = this.range === 0 ? 0 : (this.screen.scrollTop / this.range) * this.lastTop;
    if (top < this.top - 1) {
      this.follow.checked = false;
    }
    this.top = top;
    this.draw();
  }

  private draw(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  private drawSoon(afterMs: number): void {
    setTimeout(() => this.stop.signal.aborted || this.draw(), afterMs);
  }

  private render(): void {
    const first = Math.max(0, Math.floor(this.top) - overscan);
    const last = Math.min(this.total, Math.ceil(this.top) + this.inSight + overscan + 1);
    const rows = document.createDocumentFragment();
    for (let line = first; line < last; line++) {
      rows.append(this.row(line));
    }
    this.rows.replaceChildren(rows);
    this.rows.style.transform = `translateY(${Math.round(this.screen.scrollTop - (this.top - first) * rowHeight)}px)`;
    this.place.textContent = this.total === 0 ? "no lines" : `line ${Math.min(this.total, Math.ceil(this.top) + this.inSight).toLocaleString("en")} of ${this.total.toLocaleString("en")}`;
    this.fetch(Math.floor(first / page));
    if (last > 0) {
      this.fetch(Math.floor((last - 1) / page));
    }
    if (this.pages.size > 0) {
      this.seen();
    }
  }

  private row(line: number): HTMLElement {
    const row = document.createElement("div");
    row.className = line === this.marked ? "run-row marked" : "run-row";
    const number = document.createElement("span");
    number.className = "run-number";
    number.textContent = String(line + 1);
    const text = document.createElement("span");
    const words = this.pages.get(Math.floor(line / page))?.[line % page];
    if (words === undefined) {
      row.classList.add("waiting");
    } else {
      for (const piece of pieces(words)) {
        const part = document.createElement("span");
        part.textContent = piece.text;
        part.className = piece.style;
        text.append(part);
      }
      if (this.looking && plain(words).toLowerCase().includes(this.looking)) {
        row.classList.add("match");
      }
    }
    row.append(number, text);
    return row;
  }

  private fetch(number: number): void {
    if (this.pages.has(number) || this.asked.has(number)) {
      return;
    }
    this.asked.add(number);
    void this.get<Lines>(`?from_line=${number * page}&limit=${page}`).then((answer) => {
      this.asked.delete(number);
      if (!answer) {
        this.seen();
        this.drawSoon(2000);
        return;
      }
      this.pages.set(number, answer.lines);
      while (this.pages.size > mostPages) {
        this.pages.delete(this.pages.keys().next().value!);
      }
      if (answer.total > this.total) {
        this.grow(answer.total);
      }
      // A page that was asked for while the run wrote it may be short.
      if (answer.lines.length < Math.min(page, this.total - number * page)) {
        this.pages.delete(number);
        this.drawSoon(200);
      }
      this.draw();
    });
  }

  private async search(step: number): Promise<void> {
    const text = this.find.value.trim();
    if (text.toLowerCase() !== this.looking || this.searched !== this.total) {
      const [looking, total] = [text.toLowerCase(), this.total];
      const answer = text ? await this.get<{ lines: number[] }>(`/search?q=${encodeURIComponent(text)}`) : { lines: [] };
      if (!answer) {
        this.found.textContent = "no answer";
        return;
      }
      const at = this.looking === looking ? this.matches[this.match] : undefined;
      [this.looking, this.searched, this.matches] = [looking, total, answer.lines];
      this.match = at !== undefined ? this.matches.indexOf(at) : step > 0 ? this.matches.findIndex((line) => line >= this.top) - 1 : this.matches.length;
    }
    if (this.matches.length > 0) {
      this.match = (this.match + step + this.matches.length) % this.matches.length;
      this.jump(this.matches[this.match]!);
    }
    this.found.textContent = !text ? "" : this.matches.length === 0 ? "none" : `${this.match + 1} of ${this.matches.length >= 10_000 ? "10,000+" : this.matches.length.toLocaleString("en")}`;
    this.draw();
  }

  private async get<T>(path: string): Promise<T | null> {
    try {
      const answer = await fetch(this.url + path, { signal: this.stop.signal, headers: { accept: "application/json" } });
      return answer.ok ? ((await answer.json()) as T) : null;
    } catch {
      return null;
    }
  }
}
