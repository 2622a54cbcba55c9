interface Listener {
  invokeMethodAsync(method: "AtTop" | "AtEnd", isNear: boolean): Promise<void>;
}

interface Watch {
  toTop(): void;
  /** The list has another end now, of which is told though the last one was near too. */
  lookAtEnd(): void;
  dispose(): void;
}

/** Tells whether the elements that stand at the top and at the end of a list are in sight, or near it. */
export function watch(top: Element, end: Element, listener: Listener): Watch {
  const atTop = tell("AtTop", true, "80px");
  let atEnd = tell("AtEnd", false, "800px");
  let [isNew, moved] = [false, false];
  atTop.observe(top);
  atEnd.observe(end);
  document.addEventListener("scroll", scrolled, { capture: true, passive: true });

  function scrolled(): void {
    moved = true;
    look();
  }

  /** Not before somebody has scrolled: where a browser keeps no place in a list that changes, its end comes near by itself for ever. */
  function look(): void {
    if (isNew && moved) {
      isNew = moved = false;
      atEnd.disconnect();
      atEnd = tell("AtEnd", false, "800px");
      atEnd.observe(end);
    }
  }

  function tell(method: "AtTop" | "AtEnd", first: boolean, rootMargin: string): IntersectionObserver {
    let last = first;
    return new IntersectionObserver((entries) => {
      const now = entries.at(-1)?.isIntersecting ?? last;
      if (now !== last) {
        last = now;
        // A page that is gone, or away for a moment, has nobody to tell.
        listener.invokeMethodAsync(method, now).catch(() => undefined);
      }
    }, { rootMargin });
  }

  return {
    toTop: () => top.scrollIntoView({ block: "end" }),
    lookAtEnd: () => {
      isNew = true;
      look();
    },
    dispose: () => {
      document.removeEventListener("scroll", scrolled, { capture: true });
      atTop.disconnect();
      atEnd.disconnect();
    },
  };
}
