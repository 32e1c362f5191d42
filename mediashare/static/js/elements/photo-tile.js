/* <photo-tile>: paints the placeholder of a picture that has not arrived or does not fill the tile,
   lets the picture fade in, and a video move. */
import { addPreview } from "../previews.js";
import { thumbHashToDataURL } from "../../vendor/thumbhash-0.1.1/thumbhash.js";

class PhotoTile extends HTMLElement {
  connectedCallback() {
    addPreview(this);
    const image = this.querySelector("img");
    const isSmall = this.classList.contains("tile-small");
    if (!image || (image.complete && !isSmall)) return;
    if (this.dataset.thumbhash) this.style.backgroundImage = `url(${this.placeholder()})`;
    if (image.complete) return;
    this.dataset.waiting = "";
    const show = () => delete this.dataset.waiting;
    image.addEventListener("load", show, { once: true });
    image.addEventListener("error", show, { once: true });
  }

  placeholder() {
    const bytes = Uint8Array.from(atob(this.dataset.thumbhash), (letter) => letter.charCodeAt(0));
    return thumbHashToDataURL(bytes);
  }
}

customElements.define("photo-tile", PhotoTile);
