// Sends the parts of one upload that the store does not hold yet, several at once.

import { isStored, planParts } from "./parts.js";
import { PartSigner } from "./signing.js";
import { put } from "./sending.js";

// As many parts of one file as there are lanes may be read and digested at a time.
const PARTS_AT_ONCE = 5;

/** Answers `[{number, sha256}]` of all parts, in order. `onProgress` is told bytes of the file. */
export async function sendParts(transfer, { signal, onProgress }) {
  const { file, upload } = transfer;
  const parts = planParts(file.size, upload.part_size);
  const signer = new PartSigner(transfer.api, upload);
  const sent = new Map();
  const note = (number, bytes) => {
    sent.set(number, bytes);
    onProgress(Array.from(sent.values()).reduce((sum, one) => sum + one, 0));
  };
  const digests = new Array(parts.length);
  const rest = parts.values();
  // One part that fails for good stops the others.
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);

  async function work() {
    for (const part of rest) {
      either.throwIfAborted();
      digests[part.number - 1] = await sendPart(transfer, part, { signer, signal: either, note });
    }
  }
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
  } catch (problem) {
    stop.abort();
    throw problem;
  }
  return digests;
}

async function sendPart(transfer, part, { signer, signal, note }) {
  const blob = transfer.file.slice(part.start, part.end);
  // Inside the lane, so that no more parts are in memory than requests may be under way.
  return transfer.lanes.requests.run(async () => {
    let sha256;
    await transfer.patiently(async () => {
      // Read again for each attempt: a file that changed meanwhile is noticed here.
      sha256 = await transfer.hasher.ofPart(blob, signal);
      if (isStored(part, sha256, transfer.upload.parts)) return;
      await sendOnce(transfer, part, { blob, sha256, signer, signal, note });
    }, signal);
    note(part.number, blob.size);
    return { number: part.number, sha256 };
  }, signal);
}

async function sendOnce(transfer, part, { blob, sha256, signer, signal, note }) {
  const signed = await signer.sign(part.number, sha256, signal);
  const onProgress = (bytes) => note(part.number, Math.min(bytes, blob.size));
  try {
    await put(blob, { ...signed, signal, onProgress });
  } catch (problem) {
    note(part.number, 0);
    if (problem.kind === "permission-expired") signer.distrust();
    throw problem;
  }
}
