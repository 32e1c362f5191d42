// SHA-256 of whole files (in a worker) and of parts (by the browser). Never holds a whole file.

import { fileChanged } from "./problems.js";

// Above this the check for duplicates would keep a person waiting longer than it saves.
export const LARGEST_CHECKED = 2 ** 30;
// What crypto.subtle is given in one piece; it is nine times as fast as the worker.
export const LARGEST_AT_ONCE = 32 * 2 ** 20;

const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

async function atOnce(blob) {
  const bytes = await blob.arrayBuffer().catch(() => Promise.reject(fileChanged()));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export class Hasher {
  #worker;
  #url;
  #waiting = new Map();
  #last = 0;

  /** `url` of hash-worker.js: the page knows it, since static files carry hashed names. */
  constructor(url) {
    this.#url = url;
  }

  /** Hex SHA-256 of a file. */
  async ofFile(file, { signal, onProgress }) {
    const isSmall = file.size <= LARGEST_AT_ONCE;
    return toHex(await (isSmall ? atOnce(file) : this.#inWorker(file, { signal, onProgress })));
  }

  /** Base64 SHA-256 of a part, as S3's checksum headers want it. */
  async ofPart(blob, signal) {
    const isSmall = blob.size <= LARGEST_AT_ONCE;
    return toBase64(await (isSmall ? atOnce(blob) : this.#inWorker(blob, { signal })));
  }

  #inWorker(blob, { signal, onProgress = () => {} }) {
    this.#worker ??= this.#start();
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      const forget = () => {
        if (!this.#waiting.delete(id)) return;
        this.#worker?.postMessage({ id });
        reject(signal.reason);
      };
      signal.addEventListener("abort", forget, { once: true });
      this.#worker.postMessage({ id, blob });
    });
  }

  #start() {
    const worker = new Worker(this.#url, { type: "module" });
    worker.addEventListener("message", ({ data: { id, doneBytes, result, unreadable } }) => {
      const one = this.#waiting.get(id);
      if (!one) return;
      if (doneBytes !== undefined) return one.onProgress(doneBytes);
      this.#waiting.delete(id);
      if (unreadable) one.reject(fileChanged());
      else one.resolve(result);
    });
    worker.addEventListener("error", () => {
      for (const one of this.#waiting.values()) one.reject(new Error("The file could not be checked."));
      this.#waiting.clear();
      this.#worker = undefined;
    });
    return worker;
  }
}
