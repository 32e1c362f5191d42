// The folders that dropped directories become: each is made once, or is there already.

import { newIdentity } from "./folder-api.js";
import { UploadProblem } from "./problems.js";

export class Directories {
  #found = new Map();

  /** `root` is the identity of the folder that the page shows. */
  constructor(api, root) {
    this.api = api;
    this.#found.set("", Promise.resolve(root));
  }

  /** The identity of the folder at a path below the page's, made if need be. */
  at(names) {
    const path = names.join("/");
    if (!this.#found.has(path)) {
      const made = this.#make(names);
      this.#found.set(path, made);
      // The next one who asks tries again.
      made.catch(() => this.#found.delete(path));
    }
    return this.#found.get(path);
  }

  async #make(names) {
    const parent = await this.at(names.slice(0, -1));
    const after = { kind: "folder", parent, name: names.at(-1) };
    const change = { key: newIdentity(), entry: newIdentity(), base: 0, after };
    const answer = await this.api.commit(change);
    if (answer.answer === "accepted") return change.entry;
    if (answer.occupant?.state.kind === "folder") return answer.occupant.entry;
    throw new UploadProblem(`“${names.at(-1)}” cannot be a folder there. ${answer.detail}`);
  }
}
