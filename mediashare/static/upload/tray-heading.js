// The tray's top: what is going on in all, how fast, and the buttons for everything at once.

import { Rate, total } from "./progress.js";
import { aboutAll, aboutPace } from "./words.js";

export class TrayHeading {
  #rate = new Rate();
  #phase = "";

  /** `tray` is the element that holds the server-rendered parts and buttons. */
  constructor(tray, parts) {
    this.parts = parts;
    this.buttons = new Map(
      Array.from(tray.querySelectorAll("[data-all]"), (one) => [one.dataset.all, one]),
    );
  }

  draw({ all, active }, now) {
    const { parts } = this;
    const amount = total(all);
    const isSending = active.some((one) => one.state === "sending" && !one.obstacle);
    const pace = isSending ? this.#rate.note(amount.sentBytes, now) : null;
    parts.title.textContent = aboutAll(all);
    parts.pace.textContent = active.length ? aboutPace(amount, pace) : "";
    parts.overall.max = Math.max(1, amount.sizeBytes);
    parts.overall.value = amount.sentBytes;
    parts.overall.hidden = active.length === 0;
    parts["signed-out"].hidden = !all.some((one) => one.obstacle?.kind === "signed-out");
    this.#offer({
      pauseAll: active.length > 0,
      resumeAll: active.length === 0 && all.some((one) => one.state === "paused"),
      retryAll: all.filter((one) => one.state === "failed").length > 1,
      replaceAll: all.some((one) => one.state === "asking"),
      keepAll: all.some((one) => one.state === "asking"),
      cancelAll: all.some((one) => !one.hasEnded),
      clear: all.length > 0 && all.every((one) => one.hasEnded),
    });
    this.#announce(active.length ? "Uploading…" : aboutAll(all));
  }

  #offer(wanted) {
    const focused = document.activeElement;
    for (const [name, isOffered] of Object.entries(wanted)) {
      const button = this.buttons.get(name);
      // Not every tray has every button.
      if (button) button.hidden = !isOffered;
    }
    // The button that was just pressed may be gone; its successor takes the keyboard's focus.
    if (focused?.hidden && focused.dataset.all) {
      Array.from(this.buttons.values()).find((one) => !one.hidden)?.focus();
    }
  }

  /** Screen readers hear of beginnings and ends, not of each per cent. */
  #announce(words) {
    if (words === this.#phase) return;
    this.#phase = words;
    this.parts.summary.textContent = words;
  }
}
