// One file on its way: checked, opened, sent part by part, completed. Tells its state by "change".
// States: waiting, checking, sending, finishing, paused, done, duplicate, failed, cancelled.

import { LARGEST_AT_ONCE, LARGEST_CHECKED } from "./hashing.js";
import { patiently } from "./patience.js";
import { UploadProblem } from "./problems.js";
import { sendParts } from "./part-sending.js";

// The service has ended the upload; a new one of the same file may do.
const BEGUN_ANEW = ["upload-ended", "checksum-mismatch"];
const ENDED = ["done", "duplicate", "failed", "cancelled"];

export class Transfer extends EventTarget {
  state = "waiting";
  problem = null; // Why it failed.
  obstacle = null; // Why it is not going on just now: connection, sign-in, another tab.
  sentBytes = 0;
  checkedBytes = 0;
  item = null;
  upload = null;
  #abort = new AbortController();
  #sha256 = null;
  #isSecondTry = false;
  #keys = { create: crypto.randomUUID(), complete: crypto.randomUUID() };

  /** `lanes` are the shared limits: {files, checks, requests}. */
  constructor(file, { api, hasher, lanes, album }) {
    super();
    Object.assign(this, { file, api, hasher, lanes, album });
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
    this.#change({ state: "waiting", problem: null });
    try {
      await this.lanes.files.run(() => this.#bring(signal), signal);
    } catch (problem) {
      // Whoever aborted has said so in the state already.
      if (signal.aborted) return;
      if (BEGUN_ANEW.includes(problem.kind) && !this.#isSecondTry) this.#startAnew();
      else this.#fail(problem);
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

  patiently(attempt, signal) {
    const onWait = (obstacle) => this.#change({ obstacle });
    return patiently(attempt, { signal, onWait });
  }

  async #bring(signal) {
    if (this.size === 0) throw new UploadProblem("This file is empty, so there is nothing to upload.");
    this.#sha256 ??= await this.#check(signal);
    await this.#open(signal);
    if (this.#isOver()) return undefined;
    return this.#alone(signal, async () => {
      this.#change({ state: "sending", obstacle: null });
      const onProgress = (sentBytes) => this.#change({ sentBytes });
      const digests = await sendParts(this, { signal, onProgress });
      this.#change({ state: "finishing" });
      this.#end("done", await this.#complete(digests, signal));
    });
  }

  /** The service may know the end already: a duplicate, or an answer that got lost. */
  #isOver() {
    const { state, item } = this.upload;
    if (["duplicate", "complete"].includes(state)) {
      this.#end(state === "complete" ? "done" : "duplicate", item);
    }
    if (["aborted", "expired"].includes(state)) {
      throw new UploadProblem("This upload has ended. Try again.", { kind: "upload-ended" });
    }
    return this.hasEnded;
  }

  async #check(signal) {
    if (this.size > LARGEST_CHECKED) return null;
    const check = () => {
      this.#change({ state: "checking" });
      const onProgress = (checkedBytes) => this.#change({ checkedBytes });
      return this.hasher.ofFile(this.file, { signal, onProgress });
    };
    // Small files do not queue behind a large one.
    return this.size <= LARGEST_AT_ONCE ? check() : this.lanes.checks.run(check, signal);
  }

  async #open(signal) {
    const known = { sha256: this.#sha256, album: this.album, key: this.#keys.create, signal };
    const begin = () => this.api.create(this.file, known);
    const again = () => this.api.get(this.upload.id, { signal });
    this.upload = await this.patiently(this.upload?.id ? again : begin, signal);
    this.#change({});
  }

  /** Another tab may be sending this very upload: then wait for it, and look again. */
  async #alone(signal, work) {
    const name = `upload:${this.upload.id}`;
    const sent = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await work();
      return Boolean(lock);
    });
    if (sent) return;
    this.#change({ obstacle: { kind: "other-tab" } });
    await navigator.locks.request(name, { signal }, () => this.#open(signal));
    if (!this.#isOver()) await this.#alone(signal, work);
  }

  #complete(digests, signal) {
    const { album } = this;
    const asked = { album, key: this.#keys.complete, signal };
    return this.patiently(() => this.api.complete(this.upload.id, digests, asked), signal);
  }

  #end(state, item) {
    this.#change({ state, item, sentBytes: this.size, obstacle: null });
  }

  #fail(problem) {
    this.#forget();
    this.#change({ state: "failed", problem, obstacle: null });
  }

  #startAnew() {
    this.#isSecondTry = true;
    this.#forget();
    this.start();
  }

  /** The next try asks anew; the service answers with the same upload if it is still open. */
  #forget() {
    this.upload = null;
    this.#keys = { create: crypto.randomUUID(), complete: crypto.randomUUID() };
  }

  #stop(state) {
    this.#change({ state, obstacle: null });
    this.#abort.abort();
  }

  #change(values) {
    Object.assign(this, values);
    this.dispatchEvent(new Event("change"));
  }
}
