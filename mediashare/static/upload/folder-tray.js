// <folder-tray>: the tray of files on their way into a folder, with the directories they lay in.

import { Directories } from "./directories.js";
import { FolderApi } from "./folder-api.js";
import { bring } from "./folder-bringing.js";
import { FolderTransfer } from "./folder-transfer.js";
import { Transfers } from "./transfers.js";
import { Tray } from "./tray.js";

// Most files are small, and wait for answers rather than for the line.
const FILES_AT_ONCE = 16;

class FolderTransfers extends Transfers {
  constructor({ directories, pagesUrl, ...ways }) {
    super(ways);
    Object.assign(this, { directories, pagesUrl });
  }

  make(file) {
    return new FolderTransfer(file, this);
  }

  replaceAll() {
    for (const one of this.all) one.replace();
  }

  keepAll() {
    for (const one of this.all) one.keepBoth();
  }
}

class FolderTray extends Tray {
  connectedCallback() {
    super.connectedCallback();
    document.addEventListener("click", ({ target }) => this.#choose(target.closest("[data-choose]")));
    this.transfers.addEventListener("change", ({ detail }) => this.#show(detail));
  }

  makeTransfers({ url, pagesUrl, inside, hashWorker }) {
    const api = new FolderApi(url);
    const ways = { api, bring, filesAtOnce: FILES_AT_ONCE, hashWorkerUrl: hashWorker };
    return new FolderTransfers({ ...ways, pagesUrl, directories: new Directories(api, inside) });
  }

  #choose(button) {
    if (button) this.parts[button.dataset.choose === "directory" ? "directory" : "picker"].click();
  }

  /** When the last one has come, the page shows them all. */
  #show({ state }) {
    if (["done", "failed", "asking"].includes(state) && this.transfers.active.length === 0) {
      document.dispatchEvent(new CustomEvent("folder:changed"));
    }
  }
}

customElements.define("folder-tray", FolderTray);
