// Makes one request of what many ask for within a moment. One request at a time, in order.

const MOMENT_MS = 40;

export class Gathering {
  #waiting = [];
  #timer = null;
  #last = Promise.resolve();

  /** `send(all)` answers with a list, one for each, in the same order. */
  constructor(send, most) {
    this.send = send;
    this.most = most;
  }

  add(one) {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ one, resolve, reject });
      if (this.#waiting.length >= this.most) this.#go();
      else this.#timer ??= setTimeout(() => this.#go(), MOMENT_MS);
    });
  }

  #go() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const some = this.#waiting.splice(0, this.most);
    if (some.length) this.#last = this.#last.then(() => this.#ask(some));
  }

  async #ask(some) {
    try {
      const answers = await this.send(some.map(({ one }) => one));
      some.forEach(({ resolve }, index) => resolve(answers[index]));
    } catch (problem) {
      for (const { reject } of some) reject(problem);
    }
  }
}
