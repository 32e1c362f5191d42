// <upload-tray>: the tray of files on their way into the library or an album.

import { UploadsApi } from "./api.js";
import { bring } from "./bringing.js";
import { Interrupted } from "./interrupted.js";
import { Transfers } from "./transfers.js";
import { Tray } from "./tray.js";

const FILES_AT_ONCE = 4;

class UploadTray extends Tray {
  connectedCallback() {
    super.connectedCallback();
    const { api } = this.transfers;
    const onChange = () => this.showOrHide();
    this.interrupted = new Interrupted(this.parts.interrupted, { api, onChange });
    this.interrupted.load();
    this.transfers.addEventListener("change", ({ detail: { upload } }) => {
      if (upload?.id) this.interrupted.continued(upload.id);
    });
  }

  makeTransfers({ url, hashWorker, album }) {
    const api = new UploadsApi(url);
    const ways = { api, bring, album, filesAtOnce: FILES_AT_ONCE };
    return new Transfers({ ...ways, hashWorkerUrl: hashWorker });
  }

  get isShown() {
    return super.isShown || !this.parts.interrupted.hidden;
  }
}

customElements.define("upload-tray", UploadTray);
