/* <photo-grid>: opens its pictures in the viewer, which is loaded when first wanted. */
class PhotoGrid extends HTMLElement {
  connectedCallback() {
    if ("noViewer" in this.dataset) return;
    this.addEventListener("click", (event) => this.open(event));
  }

  async open(event) {
    const link = event.target.closest("a.tile-link:is([data-pswp-src], [data-sound])");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || this.isPicking) return;
    event.preventDefault();
    const { openViewer } = await import("../viewer/viewer.js");
    openViewer(this, link);
  }

  get isPicking() {
    const form = this.closest("[data-pickable]");
    return Boolean(form && (form.matches(".picking") || form.querySelector(".tile-pick :checked")));
  }
}

customElements.define("photo-grid", PhotoGrid);
