// The way of one file into a folder: checked, sent if the folder lacks its bytes, committed.

import { newIdentity } from "./folder-api.js";
import { LARGEST_AT_ONCE } from "./hashing.js";
import { sendParts } from "./part-sending.js";
import { UploadProblem } from "./problems.js";
import { put } from "./sending.js";

/** Resolves when the transfer has come to an end, or to a question; throws what stopped it. */
export async function bring(transfer, signal) {
  transfer.sha256 ??= await check(transfer, signal);
  transfer.step("waiting", signal);
  const parent = await transfer.patiently(() => transfer.directories.at(transfer.folders), signal);
  await send(transfer, signal);
  transfer.step("finishing", signal);
  await commit(transfer, parent, signal);
}

function check(transfer, signal) {
  const { file, hasher, lanes, size } = transfer;
  const onProgress = (checkedBytes) => transfer.change({ checkedBytes });
  const digest = () => {
    transfer.step("checking", signal);
    return hasher.ofFile(file, { signal, onProgress });
  };
  return size <= LARGEST_AT_ONCE ? digest() : lanes.checks.run(digest, signal);
}

async function send(transfer, signal) {
  const { api, sha256, size } = transfer;
  const ask = () => transfer.patiently(() => api.grant(sha256, size), signal);
  const grant = await ask();
  if (grant.grant === "held") return;
  transfer.key = grant.key;
  transfer.step("sending", signal);
  if (grant.grant === "multipart") await putInParts(transfer, grant, signal);
  else await putPatiently(transfer, { grant, ask }, signal);
}

function putPatiently(transfer, { grant, ask }, signal) {
  let leave = grant;
  return transfer.patiently(async () => {
    leave ??= await ask();
    if (leave.grant === "held") return;
    transfer.key = leave.key;
    try {
      await putWhole(transfer, leave, signal);
    } catch (problem) {
      if (problem.kind === "permission-expired") leave = null;
      throw problem;
    }
  }, signal);
}

/** A slice has no type, so S3 keeps none of the sender's. */
function putWhole(transfer, { url }, signal) {
  const { file, sha256, size, lanes } = transfer;
  const headers = { "if-none-match": "*", "x-amz-checksum-sha256": toBase64(sha256) };
  const onProgress = (sentBytes) => transfer.change({ sentBytes: Math.min(sentBytes, size) });
  return lanes.requests.run(() => put(file.slice(), { url, headers, signal, onProgress }), signal);
}

async function putInParts(transfer, grant, signal) {
  const { api } = transfer;
  const credentials = await transfer.patiently(() => api.credentials(null, { signal }), signal);
  transfer.upload = {
    method: "credentials",
    key: grant.key,
    multipart_id: grant.multipart_id,
    part_size: grant.part_bytes,
    parts: grant.sent.map((one) => ({
      number: one.number,
      size: one.size_bytes,
      sha256: one.sha256 || null,
    })),
    target: targetOf(credentials),
    credentials,
  };
  const onProgress = (sentBytes) => transfer.change({ sentBytes });
  const parts = await sendParts(transfer, { signal, onProgress });
  await transfer.patiently(() => api.complete(grant.key, parts, { signal }), signal);
}

function targetOf({ endpoint_url: own, region, bucket }) {
  const endpoint = own || `https://s3.${region}.amazonaws.com`;
  return { endpoint, path_style: Boolean(own), region, bucket };
}

/** Until it is there, or a person has to say whether it replaces what has its name. */
async function commit(transfer, parent, signal) {
  const after = {
    kind: "file",
    parent,
    name: transfer.ownName,
    sha256: transfer.sha256,
    size_bytes: transfer.size,
    modified_ms: transfer.file.lastModified,
  };
  let change = { key: newIdentity(), entry: newIdentity(), base: 0, after };
  for (;;) {
    const answer = await transfer.patiently(() => transfer.api.commit(change), signal);
    signal.throwIfAborted();
    if (answer.answer === "accepted") return transfer.end("done", transfer.itemOf(change.entry));
    const present = answer.occupant ?? answer.present;
    if (answer.problem !== "name-taken" && answer.answer !== "conflict") {
      throw new UploadProblem(answer.detail);
    }
    if (present?.state.sha256 === transfer.sha256) {
      return transfer.end("duplicate", transfer.itemOf(present.entry));
    }
    if (!transfer.choice) return transfer.ask();
    change = chosen(transfer.choice, change, present);
  }
}

/** The same once more: over what is there, or under the next name. */
function chosen(choice, { after, ...change }, present) {
  const isFile = present?.state.kind === "file" && !present.is_deleted;
  if (choice === "replace" && isFile) {
    const { entry, number: base } = present;
    return { key: newIdentity(), entry, base, after };
  }
  return { ...change, key: newIdentity(), after: { ...after, name: nextName(after.name) } };
}

/** notes.txt, notes (2).txt, notes (3).txt */
export function nextName(name) {
  const [, stem, number, ending] = /^(.+?)(?: \((\d+)\))?(\.[^.]{1,12})?$/.exec(name);
  return `${stem} (${Number(number ?? 1) + 1})${ending ?? ""}`;
}

function toBase64(hex) {
  const bytes = hex.match(/../g).map((pair) => Number.parseInt(pair, 16));
  return btoa(String.fromCharCode(...bytes));
}
