/* <living-album data-mark>: an album that follows a folder. Loads the page again when the album has changed,
   unless somebody is in the middle of something. Without script the page is as it was when it was loaded. */
const PAUSE = 3000;
const BUSY = '.pswp, dialog[open], details[open], pick-toggle [aria-pressed="true"]';

class LivingAlbum extends HTMLElement {
  connectedCallback() {
    this.timer = setInterval(() => this.look(), PAUSE);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  async look() {
    if (document.hidden || this.isLooking) return;
    this.isLooking = true;
    const answer = await fetch(`?mark=${this.dataset.mark}`).catch(() => null);
    this.isLooking = false;
    if (answer?.status === 205 && !document.querySelector(BUSY)) window.location.reload();
  }
}

customElements.define("living-album", LivingAlbum);
