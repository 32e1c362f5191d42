// Tries again: with growing, jittered pauses, at once when the connection or the person comes back.

const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;
const ATTEMPTS = 8;

/** Milliseconds before attempt `failures + 1`. Full jitter, so that many tabs do not return as one. */
export function pauseBefore(failures, random = Math.random) {
  const ceiling = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** failures);
  return SHORTEST_MS / 2 + random() * ceiling;
}

/** Resolves after `ms`, or sooner when `again`, `online` or (for a person) focus is seen. */
function pause(ms, { signal, events }) {
  return new Promise((resolve, reject) => {
    const done = new AbortController();
    const end = (settle, value) => {
      clearTimeout(timer);
      done.abort();
      settle(value);
    };
    const timer = Number.isFinite(ms) ? setTimeout(() => end(resolve), ms) : undefined;
    for (const name of events) {
      window.addEventListener(name, () => end(resolve), { signal: done.signal });
    }
    signal.addEventListener("abort", () => end(reject, signal.reason), { signal: done.signal });
  });
}

/** Runs `attempt` until it succeeds, is aborted, or fails for good.
 *
 * `onWait(problem)` is told why it waits, and `null` when it goes on. */
export async function patiently(attempt, { signal, onWait = () => {} }) {
  for (let failures = 0; ; failures += 1) {
    signal.throwIfAborted();
    try {
      return await attempt();
    } catch (problem) {
      signal.throwIfAborted();
      const patience = problem.patience ?? "none";
      if (patience === "none" || (patience === "some" && failures >= ATTEMPTS)) throw problem;
      const person = patience === "person";
      const ms = Math.max(pauseBefore(failures), problem.afterSeconds * 1000);
      onWait(problem);
      await pause(person ? Infinity : ms, {
        signal,
        events: person ? ["upload:again", "focus"] : ["upload:again", "online"],
      });
      onWait(null);
    }
  }
}
