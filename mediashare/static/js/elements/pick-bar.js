/* <pick-bar> counts what is selected; <pick-toggle> switches to selecting by tapping pictures or files. */
const boxes = (form) => [...form.querySelectorAll(":is(.tile-pick, .file-pick) input")];

const ticked = (form) => boxes(form).filter((box) => box.checked);
// What was ticked in a list whose newer self is about to take its place.
let kept = [];
document.addEventListener("htmx:beforeSwap", ({ target }) => {
  kept = ticked(target).map((box) => box.value);
});

class PickBar extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    for (const box of boxes(this.form)) box.checked ||= kept.includes(box.value);
    kept = [];
    this.form.addEventListener("change", () => this.count());
    this.form.addEventListener("click", (event) => this.pick(event));
    this.querySelector("[data-clear]")?.addEventListener("click", () => this.clear());
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open], .pswp--open")) this.clear();
    });
    // Who comes back finds what was ticked ticked, after everything has been set up.
    window.addEventListener("pageshow", () => this.count());
    this.count();
  }

  /* While selecting, a picture's whole face is its checkbox; with Shift, so is everything since the last. */
  pick(event) {
    const tile = event.target.closest(".tile, .file-row");
    if (!tile) return;
    const box = tile.querySelector(":is(.tile-pick, .file-pick) input");
    if (event.target.closest("a.tile-link, a.file-name")) {
      if (!box || !this.isPicking) return;
      event.preventDefault();
      event.stopPropagation();
      box.checked = !box.checked;
    } else if (event.target !== box) return;
    if (event.shiftKey && this.last) this.fill(box);
    this.last = box;
    this.count();
  }

  get isPicking() {
    return this.form.classList.contains("picking") || ticked(this.form).length > 0;
  }

  fill(box) {
    const all = boxes(this.form);
    const [from, to] = [all.indexOf(this.last), all.indexOf(box)].sort((a, b) => a - b);
    for (const one of all.slice(from, to + 1)) one.checked = box.checked;
  }

  clear() {
    for (const box of boxes(this.form)) box.checked = false;
    this.form.dispatchEvent(new Event("pick:end"));
    this.count();
  }

  count() {
    const count = ticked(this.form).length;
    this.querySelector(".pick-count").textContent = `${count} selected`;
    for (const button of this.querySelectorAll("button:not([data-clear])")) {
      const isFew = count === 0 || (count === 1 && button.hasAttribute("data-several"));
      button.disabled = isFew || (count > 1 && button.hasAttribute("data-single"));
    }
  }
}

class PickToggle extends HTMLElement {
  connectedCallback() {
    const form = document.querySelector("[data-pickable]");
    const button = this.querySelector("button");
    const show = (on) => {
      form.classList.toggle("picking", on);
      button.setAttribute("aria-pressed", String(on));
    };
    button.addEventListener("click", () => show(!form.classList.contains("picking")));
    form.addEventListener("pick:end", () => show(false));
  }
}

customElements.define("pick-bar", PickBar);
customElements.define("pick-toggle", PickToggle);
