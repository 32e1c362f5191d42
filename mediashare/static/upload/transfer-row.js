// One line of the tray: a clone of the server's <template>, kept in step with its transfer.

import { aboutTransfer, shownName } from "./words.js";

const SHOWN = {
  pause: ["waiting", "checking", "sending", "finishing"],
  resume: ["paused"],
  retry: ["failed"],
  replace: ["asking"],
  keepBoth: ["asking"],
  cancel: ["waiting", "checking", "sending", "paused", "asking", "failed"],
  open: ["done", "duplicate"],
};

export class TransferRow {
  constructor(template, transfer) {
    this.transfer = transfer;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.parts = Object.fromEntries(
      Array.from(this.element.querySelectorAll("[data-part]"), (one) => [one.dataset.part, one]),
    );
    this.buttons = Array.from(this.element.querySelectorAll("[data-act]"));
    // A name comes from a stranger's disk: it is text, set apart from its surroundings by <bdi>.
    const name = shownName(transfer.name);
    this.parts.name.textContent = name;
    this.parts.name.title = name;
    for (const button of this.buttons) {
      button.setAttribute("aria-label", `${button.textContent.trim()} ${name}`);
      button.addEventListener("click", () => this.#act(button.dataset.act));
    }
    this.show();
  }

  show() {
    const { transfer, parts, element } = this;
    element.dataset.state = transfer.state;
    parts.status.textContent = aboutTransfer(transfer);
    parts.progress.max = Math.max(1, transfer.size);
    parts.progress.value = transfer.state === "checking" ? transfer.checkedBytes : transfer.sentBytes;
    parts.progress.hidden = transfer.hasEnded;
    if (transfer.item) parts.open.href = transfer.item.url;
    parts.open.hidden = !transfer.item || !SHOWN.open.includes(transfer.state);
    const focused = document.activeElement;
    for (const button of this.buttons) {
      button.hidden = !SHOWN[button.dataset.act].includes(transfer.state);
    }
    // A button that vanishes under the keyboard's focus hands it on.
    if (focused?.hidden && element.contains(focused)) {
      (this.buttons.find((one) => !one.hidden) ?? element).focus();
    }
  }

  #act(name) {
    this.transfer[name]();
  }
}
