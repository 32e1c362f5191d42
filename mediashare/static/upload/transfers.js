// The list of transfers of this tab, and what can be done to all of them at once.

import { Hasher } from "./hashing.js";
import { Slots } from "./slots.js";
import { Transfer } from "./transfer.js";

// Browsers open six connections to a host over HTTP/1.1; one stays free for the page itself.
const REQUESTS = 5;
const CHECKS = 1;

const ACTIVE = ["waiting", "checking", "sending", "finishing"];

export class Transfers extends EventTarget {
  #all = [];

  /** `filesAtOnce` of them are on their way, each by `bring`. */
  constructor({ api, hashWorkerUrl, bring, filesAtOnce, album }) {
    super();
    this.api = api;
    this.bring = bring;
    this.hasher = new Hasher(hashWorkerUrl);
    this.lanes = {
      requests: new Slots(REQUESTS),
      files: new Slots(filesAtOnce),
      checks: new Slots(CHECKS),
    };
    this.album = album;
  }

  get all() {
    return this.#all;
  }

  get active() {
    return this.#all.filter((one) => ACTIVE.includes(one.state));
  }

  add(files) {
    const added = files.map((file) => this.make(file));
    this.#all.push(...added);
    for (const transfer of added) {
      transfer.addEventListener("change", () => this.#tell(transfer));
      transfer.start();
    }
    return added;
  }

  make(file) {
    return new Transfer(file, this);
  }

  pauseAll() {
    for (const one of this.active) one.pause();
  }

  resumeAll() {
    for (const one of this.#all) one.resume();
  }

  retryAll() {
    for (const one of this.#all) one.retry();
  }

  cancelAll() {
    for (const one of this.#all) if (!one.hasEnded) one.cancel();
  }

  /** Forget those that have ended; the others go on. */
  clear() {
    this.#all = this.#all.filter((one) => !one.hasEnded);
  }

  #tell(transfer) {
    this.dispatchEvent(new CustomEvent("change", { detail: transfer }));
  }
}
