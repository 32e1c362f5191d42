// Uploads that an earlier visit began and did not finish. Choosing the same files continues them.

import { aboutInterrupted, shownName } from "./words.js";

const SHOWN = 5;

export class Interrupted {
  #uploads = [];

  /** `element` is server-rendered and hidden; `onChange` is called after each change of it. */
  constructor(element, { api, onChange }) {
    this.element = element;
    this.api = api;
    this.onChange = onChange;
    this.text = element.querySelector("[data-part=interrupted-text]");
    this.names = element.querySelector("[data-part=interrupted-names]");
    element.querySelector("[data-act=discard]").addEventListener("click", () => this.#discard());
  }

  async load() {
    let uploads;
    try {
      uploads = await this.api.open();
    } catch (problem) {
      // Then nothing is listed; adding the same files continues them all the same.
      console.warn("Unfinished uploads could not be listed:", problem.message);
      return;
    }
    // What another tab is sending is not interrupted: that tab holds its lock.
    const { held } = await navigator.locks.query();
    const busy = new Set(held.map((lock) => lock.name));
    this.#uploads = uploads.filter(({ id }) => !busy.has(`upload:${id}`));
    this.#show();
  }

  /** This upload goes on, here. */
  continued(id) {
    if (!this.#uploads.some((one) => one.id === id)) return;
    this.#uploads = this.#uploads.filter((one) => one.id !== id);
    this.#show();
  }

  async #discard() {
    const given = this.#uploads;
    this.#uploads = [];
    await Promise.allSettled(given.map(({ id }) => this.api.discard(id)));
    this.#show();
  }

  #show() {
    const names = this.#uploads.map(({ name }) => name);
    this.element.hidden = names.length === 0;
    this.text.textContent = aboutInterrupted(names);
    const lines = names.slice(0, SHOWN).map((name) => {
      const line = document.createElement("li");
      const text = document.createElement("bdi");
      text.textContent = shownName(name);
      line.append(text);
      return line;
    });
    if (names.length > SHOWN) {
      const line = document.createElement("li");
      line.textContent = `and ${names.length - SHOWN} more`;
      lines.push(line);
    }
    this.names.replaceChildren(...lines);
    this.onChange();
  }
}
