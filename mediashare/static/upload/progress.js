// Sizes, rates and time left, in words. Pure: the clock is an argument.

const UNITS = ["B", "KB", "MB", "GB", "TB"];

/** 1572864 → "1.5 MB". Units of 1024, like those of Django's `filesizeformat` on the pages. */
export function sizeInWords(bytes) {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1023.5 && unit < UNITS.length - 1) {
    amount /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || amount >= 9.95 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, "")} ${UNITS[unit]}`;
}

/** 95 → "2 min left". Rounded up and coarse: a countdown that jumps is worse than none. */
export function timeLeftInWords(seconds) {
  // More than a day is not an estimate any more.
  if (!(seconds < 86_400)) return "";
  if (seconds < 5) return "a few seconds left";
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} s left`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min left`;
  const halfHours = Math.ceil(seconds / 1800) / 2;
  return `${halfHours} h left`;
}

/** Bytes a second, smoothed so that one slow part does not make the time left leap. */
export class Rate {
  static HALF_LIFE_MS = 4000;
  #bytes = null;
  #at = 0;
  #rate = null;

  /** `bytes` sent in all at `now` (milliseconds). Answers bytes a second, or null at first. */
  note(bytes, now) {
    const elapsed = now - this.#at;
    if (this.#bytes === null || bytes < this.#bytes) {
      this.#bytes = bytes;
      this.#at = now;
      return this.#rate;
    }
    if (elapsed < 250) return this.#rate;
    const latest = ((bytes - this.#bytes) / elapsed) * 1000;
    const kept = this.#rate === null ? 0 : 0.5 ** (elapsed / Rate.HALF_LIFE_MS);
    this.#rate = (this.#rate ?? 0) * kept + latest * (1 - kept);
    this.#bytes = bytes;
    this.#at = now;
    return this.#rate;
  }
}

/** What the whole list of transfers amounts to. */
export function total(transfers) {
  const counted = transfers.filter((one) => !["cancelled", "duplicate", "failed"].includes(one.state));
  return {
    sentBytes: counted.reduce((sum, one) => sum + one.sentBytes, 0),
    sizeBytes: counted.reduce((sum, one) => sum + one.size, 0),
  };
}
