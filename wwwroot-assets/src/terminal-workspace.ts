import { commandEvent, type PaneCommand } from "./terminal-commands";

/** What the .NET component offers. */
interface Host {
  invokeMethodAsync(method: "Focused", session: string): Promise<void>;
  invokeMethodAsync(method: "Command", name: string): Promise<void>;
  invokeMethodAsync(method: "Resized", tab: number, path: string, share: number): Promise<void>;
}

const smallest = 10;
const largest = 90;
const step = 5;

/** The layout that this browser tab had last in a place, such as a host's page; null when there is none. */
export function recall(place: string): string | null {
  return sessionStorage.getItem(key(place));
}

export function create(root: HTMLElement, host: Host): Workspace {
  return new Workspace(root, host);
}

function key(place: string): string {
  return `terminal.layout.${place}`;
}

/** The stage on which terminals stand beside each other: which has the focus, and how their dividers are moved. */
class Workspace {
  private readonly stop = new AbortController();
  private readonly path = location.pathname;
  private focused: string | null = null;

  constructor(private readonly root: HTMLElement, private readonly host: Host) {
    const signal = this.stop.signal;
    root.addEventListener("focusin", (e) => this.noteFocus(e.target), { signal });
    root.addEventListener(commandEvent, (e) => this.command((e as CustomEvent<PaneCommand>).detail), { signal });
    root.addEventListener("pointerdown", (e) => this.drag(e), { signal });
    root.addEventListener("keydown", (e) => this.nudge(e), { signal });
  }

  dispose(): void {
    this.stop.abort();
  }

  /** Keeps the layout in the URL, for a reload, and in this browser tab, for when the person comes back to the place. */
  keep(place: string, panes: string, tab: number): void {
    if (location.pathname !== this.path) {
      return;
    }
    if (panes === "") {
      sessionStorage.removeItem(key(place));
    } else {
      sessionStorage.setItem(key(place), `${tab};${panes}`);
    }
    const query = panes === "" ? "" : `?panes=${panes}${tab > 0 ? `&tab=${tab + 1}` : ""}`;
    history.replaceState(history.state, "", this.path + query);
  }

  focus(session: string): void {
    this.pane(session)?.querySelector<HTMLElement>(".xterm-helper-textarea")?.focus();
  }

  private pane(session: string): HTMLElement | undefined {
    return this.panes().find((p) => p.dataset["pane"] === session);
  }

  private panes(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>("[data-pane]")];
  }

  private noteFocus(target: EventTarget | null): void {
    const session = target instanceof Element ? target.closest<HTMLElement>("[data-pane]")?.dataset["pane"] : undefined;
    if (session && session !== this.focused) {
      this.focused = session;
      void this.host.invokeMethodAsync("Focused", session);
    }
  }

  private command(name: PaneCommand): void {
    const direction = /^focus-(left|right|up|down)$/.exec(name)?.[1];
    if (!direction) {
      void this.host.invokeMethodAsync("Command", name);
      return;
    }
    const here = this.focused ? this.pane(this.focused) : undefined;
    const next = here && neighbour(here, this.panes().filter((p) => p !== here && p.offsetWidth > 0), direction);
    if (next) {
      this.focus(next.dataset["pane"]!);
    }
  }

  // Dividers: the share is a variable of CSS on the stage, so that everything that hangs on it moves at once.

  private drag(e: PointerEvent): void {
    const divider = e.target instanceof Element ? e.target.closest<HTMLElement>("[role=separator]") : null;
    if (!divider || e.button !== 0) {
      return;
    }
    e.preventDefault();
    divider.setPointerCapture(e.pointerId);
    divider.focus();
    const room = divider.parentElement!.getBoundingClientRect();
    const end = new AbortController();
    divider.addEventListener("pointermove", (move) => {
      const share = divider.dataset["down"] !== undefined ? (move.clientY - room.top) / room.height : (move.clientX - room.left) / room.width;
      this.preview(divider, Math.round(share * 100));
    }, { signal: end.signal });
    for (const last of ["pointerup", "pointercancel"]) {
      divider.addEventListener(last, () => {
        end.abort();
        this.commit(divider);
      }, { once: true, signal: end.signal });
    }
  }

  private nudge(e: KeyboardEvent): void {
    const divider = e.target instanceof Element && e.target.matches("[role=separator]") ? (e.target as HTMLElement) : null;
    const [less, more] = divider?.dataset["down"] !== undefined ? ["ArrowUp", "ArrowDown"] : ["ArrowLeft", "ArrowRight"];
    if (divider && (e.key === less || e.key === more)) {
      e.preventDefault();
      this.preview(divider, Number(divider.getAttribute("aria-valuenow")) + (e.key === more ? step : -step));
      this.commit(divider);
    }
  }

  private preview(divider: HTMLElement, share: number): void {
    const now = Math.min(Math.max(share, smallest), largest);
    divider.setAttribute("aria-valuenow", String(now));
    divider.closest<HTMLElement>(".term-stage")!.style.setProperty(divider.dataset["variable"]!, String(now / 100));
  }

  private commit(divider: HTMLElement): void {
    void this.host.invokeMethodAsync("Resized", Number(divider.dataset["tab"]), divider.dataset["path"]!, Number(divider.getAttribute("aria-valuenow")));
  }
}

/** The nearest one that lies wholly on that side. */
function neighbour(here: HTMLElement, others: HTMLElement[], direction: string): HTMLElement | undefined {
  const from = here.getBoundingClientRect();
  const slack = 2;
  const distance = (other: HTMLElement): number => {
    const to = other.getBoundingClientRect();
    const beyond = {
      left: from.left - to.right, right: to.left - from.right, up: from.top - to.bottom, down: to.top - from.bottom,
    }[direction]!;
    const aside = direction === "left" || direction === "right" ? Math.abs(to.top - from.top) : Math.abs(to.left - from.left);
    return beyond < -slack ? Infinity : beyond * 10 + aside;
  };
  const nearest = others.reduce<HTMLElement | undefined>((best, other) => (best === undefined || distance(other) < distance(best) ? other : best), undefined);
  return nearest && distance(nearest) < Infinity ? nearest : undefined;
}
