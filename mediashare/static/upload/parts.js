// Which pieces of a file go over the wire. Pure.

/** The parts of a file: `[{number, start, end}]`, numbered from 1; an empty file is one empty part. */
export function planParts(sizeBytes, partSize) {
  const count = Math.max(1, Math.ceil(sizeBytes / partSize));
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    start: index * partSize,
    end: Math.min(sizeBytes, (index + 1) * partSize),
  }));
}

/**
 * True when the store already holds this part of this very file. A store that does not say which
 * digest it holds (null) compares it with ours when the upload is completed.
 */
export function isStored(part, digest, stored) {
  const there = stored.find((one) => one.number === part.number);
  if (!there || there.size !== part.end - part.start) return false;
  return there.sha256 === null || there.sha256 === digest;
}
