// Computes SHA-256 of blobs away from the page, a slice at a time: memory stays flat at any size.
// The browser's own crypto.subtle is faster but wants all bytes at once.

import { sha256 } from "../vendor/noble-hashes-2.4.0/sha2.js";

const SLICE = 4 * 2 ** 20;

const forgotten = new Set();

async function digest(id, blob) {
  const hash = sha256.create();
  for (let start = 0; start < blob.size; start += SLICE) {
    if (forgotten.delete(id)) return null;
    const bytes = await blob.slice(start, start + SLICE).arrayBuffer();
    hash.update(new Uint8Array(bytes));
    self.postMessage({ id, doneBytes: Math.min(blob.size, start + SLICE) });
  }
  return hash.digest();
}

self.addEventListener("message", async ({ data: { id, blob } }) => {
  if (!blob) {
    forgotten.add(id);
    return;
  }
  try {
    self.postMessage({ id, result: await digest(id, blob) });
  } catch {
    // The only thing that fails here is reading: the file is gone or was changed.
    self.postMessage({ id, unreadable: true });
  }
});
