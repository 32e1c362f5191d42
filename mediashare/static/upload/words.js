// What a transfer's row and the whole list say. Pure; the words go out as text only.

import { sizeInWords, timeLeftInWords } from "./progress.js";

const OBSTACLES = {
  "connection-lost": "Waiting for the connection. Nothing is lost.",
  "signed-out": "You are signed out. Sign in again to continue; nothing is lost.",
  "other-tab": "Being sent in another tab",
};

/** A name without the invisible signs that turn text around, as "gpj.exe" into "exe.jpg". */
export const shownName = (name) => name.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");

const percent = (part, whole) => Math.floor((100 * part) / Math.max(1, whole));

/** One line about a transfer. */
export function aboutTransfer(transfer) {
  const { state, obstacle, problem, size, sentBytes, checkedBytes } = transfer;
  const { sameWords = "Already in your library" } = transfer;
  if (obstacle) return OBSTACLES[obstacle.kind] ?? `Trying again soon. ${obstacle.message}`;
  switch (state) {
    case "checking":
      return `Checking… ${percent(checkedBytes, size)} %`;
    case "sending":
      return `${sizeInWords(sentBytes)} of ${sizeInWords(size)}`;
    case "finishing":
      return "Finishing…";
    case "paused":
      return `Paused at ${sizeInWords(sentBytes)} of ${sizeInWords(size)}`;
    case "done":
      return `Uploaded, ${sizeInWords(size)}`;
    case "duplicate":
      return sameWords;
    case "asking":
      return "Another file has this name. Replaced, it stays a version.";
    case "failed":
      return problem.message;
    case "cancelled":
      return "Cancelled";
    default:
      return `Waiting, ${sizeInWords(size)}`;
  }
}

const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;

/** The heading of the list: what is going on in one line. */
export function aboutAll(transfers) {
  const by = (...states) => transfers.filter((one) => states.includes(one.state)).length;
  const active = by("waiting", "checking", "sending", "finishing");
  const added = by("done");
  const failed = by("failed");
  const asking = by("asking");
  if (active) return `Uploading ${count(active, "file", "files")}`;
  if (by("paused")) return `${count(by("paused"), "upload", "uploads")} paused`;
  const parts = [];
  if (added) parts.push(`${count(added, "file", "files")} uploaded`);
  if (asking) parts.push(`${asking} to be decided`);
  if (by("duplicate")) parts.push(`${by("duplicate")} already there`);
  if (failed) parts.push(`${failed} failed`);
  return parts.join(", ") || "No uploads";
}

/** The line under the heading: how far, how fast, how long. */
export function aboutPace({ sentBytes, sizeBytes }, bytesPerSecond) {
  const far = `${sizeInWords(sentBytes)} of ${sizeInWords(sizeBytes)}`;
  if (!bytesPerSecond || bytesPerSecond < 1) return far;
  const left = timeLeftInWords((sizeBytes - sentBytes) / bytesPerSecond);
  return [far, `${sizeInWords(bytesPerSecond)}/s`, left].filter(Boolean).join(" · ");
}

export function aboutInterrupted(names) {
  const what = count(names.length, "upload was", "uploads were");
  const which = names.length === 1 ? "the same file" : "the same files";
  return `${what} interrupted. Choose ${which} again to continue where it stopped.`;
}

export function aboutSkipped(number) {
  return `${count(number, "system file was", "system files were")} left out.`;
}
