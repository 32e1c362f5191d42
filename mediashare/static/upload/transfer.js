// One file on its way: its state, and what a person can do to it. Tells each change by "change".
// States: waiting, checking, sending, finishing, paused, done, duplicate, failed, cancelled.
// The steps of the way itself are in bringing.js, and for folders in folder-bringing.js.

import { patiently } from "./patience.js";

const ENDED = ["done", "duplicate", "failed", "cancelled"];
// The service has ended the upload; a new one of the same file may do.
const BEGUN_ANEW = ["upload-ended", "checksum-mismatch"];

export class Transfer extends EventTarget {
  state = "waiting";
  problem = null; // Why it failed.
  obstacle = null; // Why it is not going on just now: connection, sign-in, another tab.
  sentBytes = 0;
  checkedBytes = 0;
  sha256 = null;
  upload = null; // As the service describes it.
  item = null;
  #abort = new AbortController();
  #isSecondTry = false;

  /** `lanes` are the shared limits: {files, checks, requests}; `bring` is the way it goes. */
  constructor(file, { api, hasher, lanes, bring, album }) {
    super();
    Object.assign(this, { file, api, hasher, lanes, bring, album });
    this.#forget();
  }

  get name() {
    return this.file.name;
  }

  get size() {
    return this.file.size;
  }

  get hasEnded() {
    return ENDED.includes(this.state);
  }

  async start() {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    this.change({ state: "waiting", problem: null });
    try {
      await this.lanes.files.run(() => this.bring(this, signal), signal);
    } catch (problem) {
      // Whoever aborted has said so in the state already.
      if (!signal.aborted) this.#stumble(problem);
    }
  }

  pause() {
    if (!this.hasEnded) this.#stop("paused");
  }

  resume() {
    if (this.state === "paused") this.start();
  }

  retry() {
    if (this.state === "failed") this.start();
  }

  /** Stops and gives the reservation back. The bytes already sent are thrown away. */
  cancel() {
    if (["done", "duplicate", "cancelled"].includes(this.state)) return;
    this.#stop("cancelled");
    // Should this request get lost, the upload expires by itself.
    if (this.upload?.id) this.api.discard(this.upload.id).catch(() => {});
  }

  /** The next step begins, unless it was paused or cancelled meanwhile. */
  step(state, signal) {
    signal.throwIfAborted();
    this.change({ state, obstacle: null });
  }

  end(state, item) {
    this.change({ state, item, sentBytes: this.size, obstacle: null });
  }

  change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }

  patiently(attempt, signal) {
    const onWait = (obstacle) => this.change({ obstacle });
    return patiently(attempt, { signal, onWait });
  }

  #stumble(problem) {
    this.#forget();
    if (BEGUN_ANEW.includes(problem.kind) && !this.#isSecondTry) {
      this.#isSecondTry = true;
      this.start();
    } else {
      this.change({ state: "failed", problem, obstacle: null });
    }
  }

  /** The next try asks anew; the service answers with the same upload if it is still open. */
  #forget() {
    this.upload = null;
    this.keys = { create: crypto.randomUUID(), complete: crypto.randomUUID() };
  }

  #stop(state) {
    this.change({ state, obstacle: null });
    this.#abort.abort();
  }
}
