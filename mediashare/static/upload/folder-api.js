// The sync protocol's endpoints of one folder, as docs/sync.md describes them. Carries no file bytes.

import { ask } from "./api.js";
import { Gathering } from "./gathering.js";

// The service lets twenty be large, and does not say before which.
const GRANTS_AT_ONCE = 20;
const CHANGES_AT_ONCE = 200;

export const newIdentity = () => crypto.randomUUID().replaceAll("-", "");

export class FolderApi {
  /** `url` is that of the folder, as /sync/v1/folders/ID. */
  constructor(url) {
    this.url = url;
    this.grants = new Gathering((wanted) => this.#grants(wanted), GRANTS_AT_ONCE);
    this.changes = new Gathering((changes) => this.#commit(changes), CHANGES_AT_ONCE);
  }

  /** How to send bytes that the folder may lack: held, put or multipart. */
  grant(sha256, size) {
    return this.grants.add({ sha256, size_bytes: size });
  }

  /** Let an entry be `after`; what the service answered. */
  commit({ key, entry, base, after }) {
    return this.changes.add({ key, entry, base, after });
  }

  credentials(_, { signal }) {
    return ask("POST", `${this.url}/credentials`, { signal });
  }

  complete(key, parts, { signal }) {
    return ask("POST", `${this.url}/blobs/complete`, { body: { key, parts }, signal });
  }

  /** Nothing more is sent to a key: its room is free again. */
  abandon(key) {
    return ask("POST", `${this.url}/blobs/abandon`, { body: { keys: [key] } });
  }

  async #grants(wanted) {
    return (await ask("POST", `${this.url}/blobs`, { body: { wanted } })).grants;
  }

  async #commit(changes) {
    return (await ask("POST", `${this.url}/commit`, { body: { changes } })).answers;
  }
}
