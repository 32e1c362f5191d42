// Keeps one upload in one tab, with the browser's own locks.

/** Runs `work` unless another tab does the same work; then waits until that one has let go.
 *
 * Answers whether the work was done here. `onBusy` is told when there is a wait. */
export async function inOneTab(name, work, { signal, onBusy }) {
  const isDone = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await work();
    return Boolean(lock);
  });
  if (isDone) return true;
  onBusy();
  await navigator.locks.request(name, { signal }, () => {});
  return false;
}
