// What all trays of uploads do: take files from anywhere on the page, and show them on their way.
// The server renders all of it, in upload_panel.html; this fills in names and numbers.

import { sortOut } from "./files.js";
import { listenForFiles } from "./intake.js";
import { TransferRow } from "./transfer-row.js";
import { TrayHeading } from "./tray-heading.js";
import { aboutSkipped } from "./words.js";

const REDRAW_MS = 150;

export class Tray extends HTMLElement {
  #rows = new Map();
  #stale = new Set();
  #told = new Set();

  connectedCallback() {
    this.parts = Object.fromEntries(
      Array.from(this.querySelectorAll("[data-part]"), (one) => [one.dataset.part, one]),
    );
    this.transfers = this.makeTransfers(this.dataset);
    this.transfers.addEventListener("change", ({ detail }) => this.#changed(detail));
    this.heading = new TrayHeading(this, this.parts);
    const { veil, picker } = this.parts;
    listenForFiles({ veil, picker, take: (files) => this.take(files) });
    this.addEventListener("click", ({ target }) => this.#act(target.closest("[data-all]")));
    window.addEventListener("beforeunload", (event) => {
      if (this.transfers.active.length) event.preventDefault();
    });
  }

  take(files) {
    // Browsers keep their cryptography, and so checksums and signatures, to secure addresses.
    if (!window.isSecureContext) return this.#note(this.dataset.insecure);
    const { wanted, skipped } = sortOut(files);
    this.#note(skipped ? aboutSkipped(skipped) : "");
    for (const transfer of this.transfers.add(wanted)) {
      const row = new TransferRow(this.parts.row, transfer);
      this.#rows.set(transfer, row);
      this.parts.rows.append(row.element);
    }
    return this.#draw();
  }

  #changed(transfer) {
    if (this.#stale.size === 0) setTimeout(() => this.#draw(), REDRAW_MS);
    this.#stale.add(transfer);
    if (transfer.state !== "done" || this.#told.has(transfer)) return;
    this.#told.add(transfer);
    const detail = { item: transfer.item };
    document.dispatchEvent(new CustomEvent("upload:complete", { detail }));
  }

  #draw() {
    for (const transfer of this.#stale) this.#rows.get(transfer)?.show();
    this.#stale.clear();
    this.heading.draw(this.transfers, performance.now());
    this.showOrHide();
  }

  #act(button) {
    if (!button) return;
    const { all: name } = button.dataset;
    if (name === "toggle") this.#toggle(button);
    else if (name === "again") window.dispatchEvent(new Event("upload:again"));
    else this.transfers[name]();
    if (name === "clear") this.#forget();
    this.#draw();
  }

  #toggle(button) {
    const isOpen = this.parts.body.hidden;
    this.parts.body.hidden = !isOpen;
    button.setAttribute("aria-expanded", String(isOpen));
  }

  #forget() {
    const kept = new Set(this.transfers.all);
    for (const [transfer, row] of this.#rows) {
      if (kept.has(transfer)) continue;
      row.element.remove();
      this.#rows.delete(transfer);
    }
    this.#note("");
    document.querySelector("input[data-upload]")?.focus();
  }

  #note(words) {
    this.parts.note.textContent = words;
    this.parts.note.hidden = !words;
    this.showOrHide();
  }

  showOrHide() {
    this.parts.panel.hidden = !this.isShown;
  }

  /** Whether there is anything to be seen. */
  get isShown() {
    return this.#rows.size > 0 || !this.parts.note.hidden;
  }
}
