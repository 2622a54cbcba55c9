interface Listener {
  invokeMethodAsync(method: "AtTop", isAtTop: boolean): Promise<void>;
}

/** Tells whether an element that stands at the top of a list is in sight. */
export function watch(mark: Element, listener: Listener): { toTop(): void; dispose(): void } {
  let last = true;
  const observer = new IntersectionObserver((entries) => {
    const now = entries.at(-1)?.isIntersecting ?? last;
    if (now !== last) {
      last = now;
      // A page that is gone, or away for a moment, has nobody to tell.
      listener.invokeMethodAsync("AtTop", now).catch(() => undefined);
    }
  }, { rootMargin: "80px" });
  observer.observe(mark);
  return {
    toTop: () => mark.scrollIntoView({ block: "end" }),
    dispose: () => observer.disconnect(),
  };
}
