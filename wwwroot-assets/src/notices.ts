/** What this browser does with an alert: `blocked` was refused by the person in the browser, `insecure` has no https, where browsers show none. */
export type NoticesState = "on" | "off" | "blocked" | "insecure";

export interface Notice {
  /** A notice of the same tag takes the place of the older one, so that two tabs show one. */
  tag: string;
  title: string;
  body: string;
  /** The page of the dashboard where it is dealt with. */
  href: string;
}

const choice = "alert-notices";

export function state(): NoticesState {
  if (!isSecureContext || !("Notification" in window)) {
    return "insecure";
  }
  if (Notification.permission === "denied") {
    return "blocked";
  }
  return Notification.permission === "granted" && localStorage.getItem(choice) === "on" ? "on" : "off";
}

/** To be called while the person's click is fresh: the browser asks them, once. */
export async function turn(on: boolean): Promise<NoticesState> {
  if (!on) {
    localStorage.removeItem(choice);
  } else if (state() === "off" && (await Notification.requestPermission()) === "granted") {
    localStorage.setItem(choice, "on");
  }
  return state();
}

export function show({ tag, title, body, href }: Notice): void {
  if (state() !== "on") {
    return;
  }
  try {
    const notice = new Notification(title, { body, tag, icon: "/favicon-problem.svg" });
    notice.addEventListener("click", () => {
      window.focus();
      location.assign(new URL(href, location.origin));
      notice.close();
    });
  } catch {
    // Some browsers of phones show notices of service workers alone: the tab's title and icon say it there.
  }
}
