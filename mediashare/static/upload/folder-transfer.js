// A file on its way into a folder. Beside what every transfer is: it may have to ask whether it
// shall replace what has its name, and leaves its lane meanwhile. State: asking.

import { pathOf } from "./files.js";
import { Transfer } from "./transfer.js";

export class FolderTransfer extends Transfer {
  key = ""; // Where its bytes go, while room is reserved for them.
  choice = ""; // What to do about a name that is taken: replace, keepBoth.
  sameWords = "Already in this folder";

  constructor(file, context) {
    super(file, context);
    this.directories = context.directories;
    this.pagesUrl = context.pagesUrl;
    const names = pathOf(file).normalize("NFC").split("/");
    this.ownName = names.pop();
    this.folders = names;
  }

  get name() {
    return pathOf(this.file);
  }

  ask() {
    this.change({ state: "asking", obstacle: null });
  }

  replace() {
    this.#decide("replace");
  }

  keepBoth() {
    this.#decide("keepBoth");
  }

  cancel() {
    super.cancel();
    const { key, state } = this;
    this.key = "";
    // Should this request get lost, the room comes back when its time is over.
    if (key && state === "cancelled") this.api.abandon(key).catch(() => {});
  }

  itemOf(entry) {
    return { url: `${this.pagesUrl}${entry}/` };
  }

  #decide(choice) {
    if (this.state !== "asking") return;
    this.choice = choice;
    this.start();
  }
}
