import uPlot from "uplot";

/** How the values of a chart are written: percent of a whole, bytes a second, or bits a second from bytes a second. */
type Unit = "percent" | "bytes" | "bits" | "celsius";

interface ChartOptions {
  readonly labels: readonly string[];
  /** Names of custom properties, such as --series-1; one for each label. */
  readonly colors: readonly string[];
  readonly unit: Unit;
  /** Seconds that are seen, up to the last time given. */
  readonly window: number;
  /** Charts of one group share the cursor. */
  readonly group: string;
}

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

function faded(color: string): string {
  return `color-mix(in srgb, ${color} 12%, transparent)`;
}

class Chart {
  private readonly plot: uPlot;
  private readonly tip: HTMLElement;
  private readonly resize: ResizeObserver;
  private readonly redraw = () => this.plot.redraw(false);
  private until = 0;

  constructor(element: HTMLElement, private readonly options: ChartOptions) {
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
          drag: { x: false, y: false },
          y: false,
          points: { size: 6 },
        },
        scales: {
          x: { time: true, range: () => [this.until - options.window, this.until] },
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
            values: (_u, ticks) => ticks.map(clock),
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
        ],
        hooks: { setCursor: [() => this.showTip()] },
      },
      [[], ...options.labels.map(() => [])],
      element,
    );
    this.plot.over.append(this.tip);

    this.resize = new ResizeObserver(() => {
      if (element.clientWidth > 0) {
        this.plot.setSize({ width: element.clientWidth, height: element.clientHeight });
      }
    });
    this.resize.observe(element);
    addEventListener("themechange", this.redraw);
  }

  setData(times: readonly number[], values: Values, until: number): void {
    this.until = until;
    this.plot.setData([times, ...values] as uPlot.AlignedData);
  }

  append(times: readonly number[], values: Values, until: number): void {
    const [oldTimes, ...oldValues] = this.plot.data;
    const first = (oldTimes as number[]).findIndex((t) => t >= until - this.options.window);
    // One point before the window, so that the line starts at its edge.
    const keep = first < 0 ? oldTimes.length : Math.max(0, first - 1);
    this.setData(
      [...Array.prototype.slice.call(oldTimes, keep), ...times],
      oldValues.map((column, i) => [...Array.prototype.slice.call(column, keep), ...(values[i] ?? [])]),
      until,
    );
  }

  dispose(): void {
    removeEventListener("themechange", this.redraw);
    this.resize.disconnect();
    this.plot.destroy();
  }

  private showTip(): void {
    const { idx, left } = this.plot.cursor;
    const time = idx == null ? undefined : this.plot.data[0][idx];
    if (idx == null || time === undefined || left === undefined || left < 0) {
      this.tip.hidden = true;
      return;
    }
    const head = document.createElement("div");
    head.textContent = clock(time, true);
    const lines = this.options.labels.map((name, i) => {
      const line = document.createElement("div");
      const key = document.createElement("span");
      key.className = "key";
      key.style.background = `var(${this.options.colors[i]!})`;
      const value = this.plot.data[i + 1]?.[idx];
      line.append(key, `${name} ${value == null ? "–" : write(value, this.options.unit)}`);
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

export function create(element: HTMLElement, options: ChartOptions): Chart {
  return new Chart(element, options);
}
