interface Listener {
  invokeMethodAsync(method: "AtTop" | "AtEnd", isNear: boolean): Promise<void>;
}

/** Tells whether the elements that stand at the top and at the end of a list are in sight, or near it. */
export function watch(top: Element, end: Element, listener: Listener): { toTop(): void; dispose(): void } {
  const observers = [tell(top, "AtTop", true, "80px"), tell(end, "AtEnd", false, "800px")];

  function tell(mark: Element, method: "AtTop" | "AtEnd", first: boolean, rootMargin: string): IntersectionObserver {
    let last = first;
    const observer = new IntersectionObserver((entries) => {
      const now = entries.at(-1)?.isIntersecting ?? last;
      if (now !== last) {
        last = now;
        // A page that is gone, or away for a moment, has nobody to tell.
        listener.invokeMethodAsync(method, now).catch(() => undefined);
      }
    }, { rootMargin });
    observer.observe(mark);
    return observer;
  }

  return {
    toTop: () => top.scrollIntoView({ block: "end" }),
    dispose: () => observers.forEach((observer) => observer.disconnect()),
  };
}
