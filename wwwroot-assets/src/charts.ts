import uPlot from "uplot";

/** How the values of a chart are written: percent of a whole, bytes, bytes a second, or bits a second from bytes a second. */
type Unit = "percent" | "size" | "bytes" | "bits" | "celsius";

interface ChartOptions {
  readonly labels: readonly string[];
  /** Names of custom properties, such as --series-1; one for each label. */
  readonly colors: readonly string[];
  readonly unit: Unit;
  /** Charts of one group share the cursor. */
  readonly group: string;
}

/** Told what a person does with a chart, and how wide it is. */
interface Listener {
  invokeMethodAsync(method: "Zoomed", from: number, to: number): Promise<void>;
  invokeMethodAsync(method: "Measured", width: number): Promise<void>;
}

/** Something that happened at one time, in unix seconds. */
interface Mark {
  readonly at: number;
  readonly word: string;
}

/** By series: the lines; after them, where the points stand for many readings, all minima and then all maxima. */
type Values = readonly (readonly (number | null)[])[];

const steps = ["", "k", "M", "G", "T"];

function scaled(value: number, suffix: string): string {
  let step = 0;
  while (Math.abs(value) >= 1000 && step < steps.length - 1) {
    value /= 1000;
    step++;
  }
  const digits = step === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${Number(value.toFixed(digits))} ${steps[step]}${suffix}`;
}

function write(value: number, unit: Unit): string {
  switch (unit) {
    case "percent":
      return `${Number(value.toFixed(1))} %`;
    case "celsius":
      return `${Number(value.toFixed(1))} °C`;
    case "size":
      return scaled(value, "B");
    case "bytes":
      return scaled(value, "B/s");
    case "bits":
      return scaled(value * 8, "bit/s");
  }
}

function top(max: number, unit: Unit): number {
  if (unit === "percent") {
    return 100;
  }
  if (unit === "celsius") {
    return Math.max(60, max * 1.1);
  }
  const floor = unit === "bits" ? 125 : 1000;
  return Math.max(floor, max * 1.15);
}

/** Round numbers of bits, on a scale of bytes. */
function bitSplits(max: number): number[] {
  const rough = (max * 8) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power;
  return Array.from({ length: Math.floor((max * 8) / step) + 1 }, (_, i) => (i * step) / 8);
}

function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function faded(color: string, percent = 12): string {
  return `color-mix(in srgb, ${color} ${percent}%, transparent)`;
}

const day = 86_400;
const shortestZoom = 60;

class Chart {
  private readonly plot: uPlot;
  private readonly tip: HTMLElement;
  private readonly resize: ResizeObserver;
  private readonly redraw = () => this.plot.redraw(false);
  // The last hour, until there is data.
  private until = Date.now() / 1000;
  private from = this.until - 3600;
  private marks: readonly Mark[] = [];
  private measured = 0;

  constructor(element: HTMLElement, private readonly options: ChartOptions, private readonly listener: Listener | null) {
    this.tip = document.createElement("div");
    this.tip.className = "chart-tip";
    this.tip.hidden = true;

    const font = `11px ${token("--font-sans")}`;
    const label = () => token("--text-3");
    const grid = { stroke: () => token("--grid"), width: 1 };

    this.plot = new uPlot(
      {
        width: Math.max(element.clientWidth, 100),
        height: Math.max(element.clientHeight, 80),
        padding: [6, 4, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: options.group, setSeries: false },
          drag: { x: listener !== null, y: false, setScale: false },
          y: false,
          points: { size: 6 },
        },
        scales: {
          x: { time: true, range: () => [this.from, this.until] },
          y: { range: (_u, _min, max) => [0, top(max ?? 0, options.unit)] },
        },
        axes: [
          {
            stroke: label,
            font,
            grid: { show: false },
            ticks: { show: false },
            size: 22,
            gap: 4,
            space: 70,
            values: (_u, ticks) => ticks.map((t) => this.tick(t)),
          },
          {
            stroke: label,
            font,
            grid,
            ticks: { show: false },
            size: options.unit === "percent" || options.unit === "celsius" ? 40 : 68,
            gap: 6,
            space: 28,
            values: (_u, ticks) => ticks.map((v) => (options.unit === "percent" && v < 100 ? String(v) : write(v, options.unit))),
            ...(options.unit === "percent" ? { splits: () => [0, 25, 50, 75, 100] } : {}),
            ...(options.unit === "bits" ? { splits: (_u: uPlot, _axis: number, _min: number, max: number) => bitSplits(max) } : {}),
          },
        ],
        series: [
          {},
          ...options.labels.map((name, i): uPlot.Series => ({
            label: name,
            stroke: () => token(options.colors[i]!),
            width: 1.5,
            points: { show: false },
            ...(i === 0 ? { fill: () => faded(token(options.colors[i]!)) } : {}),
          })),
          ...[...options.labels, ...options.labels].map((): uPlot.Series => ({ width: 0, points: { show: false } })),
        ],
        bands: options.labels.map((_, i): uPlot.Band => ({
          series: [1 + 2 * options.labels.length + i, 1 + options.labels.length + i],
          fill: () => faded(token(options.colors[i]!), 25),
        })),
        hooks: {
          setCursor: [() => this.showTip()],
          setSelect: [() => this.zoom()],
          draw: [() => this.drawMarks()],
        },
      },
      this.columns([], []),
      element,
    );
    this.plot.over.append(this.tip);

    this.resize = new ResizeObserver(() => {
      if (element.clientWidth > 0) {
        this.plot.setSize({ width: element.clientWidth, height: element.clientHeight });
        this.measure();
      }
    });
    this.resize.observe(element);
    this.measure();
    addEventListener("themechange", this.redraw);
  }

  setData(times: readonly number[], values: Values, from: number, until: number, marks: readonly Mark[]): void {
    this.from = Math.min(from, until - 1);
    this.until = until;
    this.marks = marks;
    this.plot.setData(this.columns(times, values));
  }

  append(times: readonly number[], values: Values, from: number, until: number, marks: readonly Mark[]): void {
    const [oldTimes, ...oldValues] = this.plot.data;
    const first = (oldTimes as number[]).findIndex((t) => t >= from);
    // One point before the window, so that the line starts at its edge.
    const keep = first < 0 ? oldTimes.length : Math.max(0, first - 1);
    this.setData(
      [...Array.prototype.slice.call(oldTimes, keep), ...times],
      this.options.labels.map((_, i) => [...Array.prototype.slice.call(oldValues[i], keep), ...(values[i] ?? [])]),
      from,
      until,
      marks,
    );
  }

  dispose(): void {
    removeEventListener("themechange", this.redraw);
    this.resize.disconnect();
    this.plot.destroy();
  }

  /** Every series has a column, also those of the band where there is none. */
  private columns(times: readonly number[], values: Values): uPlot.AlignedData {
    const count = 3 * this.options.labels.length;
    return [times, ...Array.from({ length: count }, (_, i) => values[i] ?? times.map(() => null))] as uPlot.AlignedData;
  }

  private measure(): void {
    const width = Math.round(this.plot.over.clientWidth);
    if (this.listener !== null && width > 0 && Math.abs(width - this.measured) > this.measured / 5) {
      this.measured = width;
      void this.listener.invokeMethodAsync("Measured", width);
    }
  }

  private zoom(): void {
    const { left, width } = this.plot.select;
    if (this.listener === null || width < 4) {
      return;
    }
    const from = Math.floor(this.plot.posToVal(left, "x"));
    const to = Math.ceil(this.plot.posToVal(left + width, "x"));
    this.plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    const middle = Math.round((from + to) / 2);
    const half = Math.max(shortestZoom, to - from) / 2;
    void this.listener.invokeMethodAsync("Zoomed", Math.floor(middle - half), Math.ceil(middle + half));
  }

  /** A dashed line each, with its word where there is room for it. */
  private drawMarks(): void {
    const { ctx, bbox } = this.plot;
    ctx.save();
    ctx.strokeStyle = token("--text-3");
    ctx.fillStyle = token("--text-2");
    ctx.font = `${11 * devicePixelRatio}px ${token("--font-sans")}`;
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    let room = -Infinity;
    for (const mark of this.marks) {
      const x = Math.round(this.plot.valToPos(mark.at, "x", true));
      if (x < bbox.left || x > bbox.left + bbox.width) {
        continue;
      }
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      const end = x + ctx.measureText(mark.word).width + 12 * devicePixelRatio;
      if (x > room && end < bbox.left + bbox.width) {
        ctx.fillText(mark.word, x + 5 * devicePixelRatio, bbox.top + 10 * devicePixelRatio);
        room = end;
      }
    }
    ctx.restore();
  }

  private tick(seconds: number): string {
    const window = this.until - this.from;
    const time = new Date(seconds * 1000);
    if (window > 80 * day) {
      return time.toLocaleDateString("en", { month: "short", day: time.getDate() === 1 ? undefined : "numeric" });
    }
    if (window > 2 * day || (window > day / 2 && time.getHours() === 0 && time.getMinutes() === 0)) {
      return time.toLocaleDateString("en", { day: "numeric", month: "short" });
    }
    return clock(seconds, window < 600);
  }

  private showTip(): void {
    const { idx, left } = this.plot.cursor;
    const time = idx == null ? undefined : this.plot.data[0][idx];
    if (idx == null || time === undefined || left === undefined || left < 0) {
      this.tip.hidden = true;
      return;
    }
    const head = document.createElement("div");
    const date = new Date(time * 1000).toLocaleDateString("en", { weekday: "short", day: "numeric", month: "short" });
    head.textContent = this.until - this.from > day / 2 ? `${date}, ${clock(time)}` : clock(time, true);
    const lines = this.options.labels.map((name, i) => {
      const line = document.createElement("div");
      const key = document.createElement("span");
      key.className = "key";
      key.style.background = `var(${this.options.colors[i]!})`;
      const value = this.plot.data[i + 1]?.[idx];
      const low = this.plot.data[1 + this.options.labels.length + i]?.[idx];
      const high = this.plot.data[1 + 2 * this.options.labels.length + i]?.[idx];
      const band = low == null || high == null ? "" : ` (${write(low, this.options.unit)} to ${write(high, this.options.unit)})`;
      line.append(key, `${name} ${value == null ? "–" : write(value, this.options.unit)}${band}`);
      return line;
    });
    this.tip.replaceChildren(head, ...lines);
    this.tip.hidden = false;
    const room = this.plot.over.clientWidth - left;
    this.tip.style.left = room > this.tip.offsetWidth + 16 ? `${left + 10}px` : `${left - this.tip.offsetWidth - 10}px`;
    this.tip.style.top = "4px";
  }
}

function clock(seconds: number, exact: unknown = false): string {
  const time = new Date(seconds * 1000);
  const parts = [time.getHours(), time.getMinutes(), ...(exact === true ? [time.getSeconds()] : [])];
  return parts.map((p) => String(p).padStart(2, "0")).join(":");
}

export function create(element: HTMLElement, options: ChartOptions, listener: Listener | null): Chart {
  return new Chart(element, options, listener);
}
