// The way of one file: checked, opened, sent part by part, completed.

import { LARGEST_AT_ONCE, LARGEST_CHECKED } from "./hashing.js";
import { inOneTab } from "./one-tab.js";
import { sendParts } from "./part-sending.js";
import { UploadProblem } from "./problems.js";

/** Resolves when the transfer has come to an end of some kind; throws what stopped it. */
export async function bring(transfer, signal) {
  if (transfer.size === 0) {
    throw new UploadProblem("This file is empty, so there is nothing to upload.");
  }
  transfer.sha256 ??= await check(transfer, signal);
  const onBusy = () => transfer.change({ obstacle: { kind: "other-tab" } });
  const work = () => send(transfer, signal);
  do {
    await open(transfer, signal);
    if (isOver(transfer)) return;
    // When another tab was sending it, it may be done by now, or given up.
  } while (!(await inOneTab(`upload:${transfer.upload.id}`, work, { signal, onBusy })));
}

async function check(transfer, signal) {
  const { file, hasher, lanes, size } = transfer;
  if (size > LARGEST_CHECKED) return null;
  const onProgress = (checkedBytes) => transfer.change({ checkedBytes });
  const digest = () => {
    transfer.step("checking", signal);
    return hasher.ofFile(file, { signal, onProgress });
  };
  // Small files do not queue behind a large one.
  return size <= LARGEST_AT_ONCE ? digest() : lanes.checks.run(digest, signal);
}

async function open(transfer, signal) {
  const { api, file, sha256, album, keys } = transfer;
  const begin = () => api.create(file, { sha256, album, key: keys.create, signal });
  const look = () => api.get(transfer.upload.id, { signal });
  transfer.step("waiting", signal);
  const upload = await transfer.patiently(transfer.upload?.id ? look : begin, signal);
  transfer.change({ upload });
}

/** The service may know the end already: a duplicate, or a completion whose answer got lost. */
function isOver(transfer) {
  const { state, item } = transfer.upload;
  if (["aborted", "expired"].includes(state)) {
    throw new UploadProblem("This upload has ended. Try again.", { kind: "upload-ended" });
  }
  if (state === "open") return false;
  transfer.end(state === "complete" ? "done" : "duplicate", item);
  return true;
}

async function send(transfer, signal) {
  transfer.step("sending", signal);
  const onProgress = (sentBytes) => transfer.change({ sentBytes });
  const digests = await sendParts(transfer, { signal, onProgress });
  transfer.step("finishing", signal);
  const { api, album, keys, upload } = transfer;
  const asked = { album, key: keys.complete, signal };
  transfer.end("done", await transfer.patiently(() => api.complete(upload.id, digests, asked), signal));
}
