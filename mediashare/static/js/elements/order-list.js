/* <order-list>: lets places be dragged with mouse, pen or finger. The arrows beside each work without it. */
import { toast } from "./toast-list.js";

class OrderList extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.list.addEventListener("pointerdown", (event) => this.grab(event));
    this.addEventListener("submit", (event) => this.step(event));
  }

  grab(event) {
    const place = event.target.closest(".order-place");
    if (!place || event.target.closest("button") || event.button !== 0) return;
    const from = [...this.list.children].indexOf(place);
    const move = (moved) => this.drag(place, moved);
    const stay = (touch) => touch.preventDefault();
    const start = () => {
      place.classList.add("is-moving");
      document.addEventListener("pointermove", move);
      document.addEventListener("touchmove", stay, { passive: false });
    };
    // A finger has to rest first; otherwise it is scrolling.
    const resting = setTimeout(start, event.pointerType === "touch" ? 250 : 0);
    const done = new AbortController();
    const end = () => {
      done.abort();
      clearTimeout(resting);
      document.removeEventListener("pointermove", move);
      document.removeEventListener("touchmove", stay);
      place.classList.remove("is-moving");
      if ([...this.list.children].indexOf(place) !== from) this.save(place);
    };
    document.addEventListener("pointerup", end, { signal: done.signal });
    document.addEventListener("pointercancel", end, { signal: done.signal });
  }

  drag(place, event) {
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest(".order-place");
    if (!over || over === place || over.parentNode !== this.list) return;
    const { left, width } = over.getBoundingClientRect();
    if (event.clientX < left + width / 2) over.before(place);
    else over.after(place);
  }

  step(event) {
    event.preventDefault();
    const place = event.target.closest(".order-place");
    const beside = event.submitter.value === "earlier" ? place.previousElementSibling : place.nextElementSibling;
    if (!beside) return;
    if (event.submitter.value === "earlier") beside.before(place);
    else beside.after(place);
    event.submitter.focus();
    this.save(place);
  }

  async save(place) {
    this.number();
    const body = new FormData(place.querySelector("form"));
    body.append("before", place.nextElementSibling?.dataset.item ?? "");
    const answer = await fetch(this.dataset.url, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok) toast("The new order was not saved. Reload the page and try again.", { error: true });
  }

  number() {
    [...this.list.children].forEach((place, index) => {
      place.querySelector("[aria-hidden].faint").textContent = index + 1;
    });
  }
}

customElements.define("order-list", OrderList);
