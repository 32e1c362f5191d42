// One PUT to the object store. XMLHttpRequest, because fetch does not report upload progress.

import { connectionLost, fileChanged, fromStore } from "./problems.js";

// No byte moved for this long: the connection is dead although nobody said so.
const STALLED_MS = 60_000;

/** Sends `blob`; the browser reads it from disk as it goes. `onProgress` is told bytes sent. */
export function put(blob, { url, headers, signal, onProgress }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled = setTimeout(() => request.abort(), STALLED_MS);
    const settle = (act) => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", abort);
      act();
    };
    const abort = () => request.abort();
    const lose = () =>
      settle(async () => reject(signal.aborted ? signal.reason : await reasonOf(blob)));

    request.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
      onProgress(event.loaded);
    });
    request.addEventListener("load", () =>
      settle(() => {
        // 412: the object is already there, since an earlier answer got lost. Completing verifies it.
        if (request.status < 300 || request.status === 412) return resolve();
        const retryAfter = request.getResponseHeader("Retry-After");
        return reject(fromStore(request.status, request.responseText, retryAfter));
      }),
    );
    request.addEventListener("error", lose);
    request.addEventListener("abort", lose);
    signal.addEventListener("abort", abort);
    // A slice has no type, so no header is sent that was not signed.
    request.send(blob);
  });
}

/** A browser says no more of a file that changed under its hands than of a lost connection. */
const reasonOf = (blob) =>
  blob.slice(0, 1).arrayBuffer().then(connectionLost, fileChanged);
