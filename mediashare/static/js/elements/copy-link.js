/* <copy-link>: gives the field it surrounds a button that copies its value. */
import { toast } from "./toast-list.js";

class CopyLink extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const button = this.querySelector("[data-copy]");
    field.addEventListener("focus", () => field.select());
    // The address of the page may have named it before there was anybody to listen.
    if (document.activeElement === field) field.select();
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      toast("Link copied.");
    });
  }
}

customElements.define("copy-link", CopyLink);
