// What can go wrong on the way, and how much patience each deserves.
// "forever": the connection; "some": a server that may recover; "person": somebody must sign in;
// "none": trying again cannot help. Nothing here speaks to the network.

export class UploadProblem extends Error {
  constructor(message, { patience = "none", kind = "", afterSeconds = 0 } = {}) {
    super(message);
    this.patience = patience;
    this.kind = kind;
    this.afterSeconds = afterSeconds;
  }
}

export const connectionLost = () =>
  new UploadProblem("There is no connection.", { patience: "forever", kind: "connection-lost" });

export const fileChanged = () =>
  new UploadProblem("The file was changed or moved after it was chosen. Choose it again.", {
    kind: "file-changed",
  });

const recovers = (status) => status >= 500 || [408, 425, 429].includes(status);

/** The problem that an answer of the service stands for; `body` is its problem details, if any. */
export function fromService(status, body, retryAfter) {
  const kind = String(body?.type ?? "").split("/").pop();
  if (status === 401) {
    return new UploadProblem("You are signed out.", { patience: "person", kind: "signed-out" });
  }
  const words = (body?.errors ?? []).map((error) => error.detail).join(" ") || body?.detail;
  return new UploadProblem(words || `The service answered with error ${status}.`, {
    patience: recovers(status) || kind === "request-under-way" ? "some" : "none",
    kind: kind || String(status),
    afterSeconds: Number(retryAfter) || 0,
  });
}

// S3's names for faults of the moment, although their status says the request was wrong.
const passing = ["BadDigest", "IncompleteBody", "RequestTimeout", "InvalidDigest"];

/** The problem that an answer of the object store stands for; `text` is its XML. */
export function fromStore(status, text, retryAfter) {
  const code = /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? String(status);
  if (status === 403 || code === "ExpiredToken") {
    return new UploadProblem("The store no longer accepts this upload's permission.", {
      patience: "some",
      kind: "permission-expired",
    });
  }
  if (status === 404) {
    return new UploadProblem("This upload has ended. Try again to start it anew.", {
      kind: "not-found",
    });
  }
  return new UploadProblem(`The store did not take the file (${code}).`, {
    patience: recovers(status) || status === 409 || passing.includes(code) ? "some" : "none",
    kind: code,
    afterSeconds: Number(retryAfter) || 0,
  });
}
