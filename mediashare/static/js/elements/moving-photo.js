/* <moving-photo>: plays what moves over the picture; an animation begins by itself where motion is welcome. */
class MovingPhoto extends HTMLElement {
  connectedCallback() {
    this.film = this.querySelector("video");
    this.button = this.querySelector("button");
    this.button.hidden = false;
    this.button.addEventListener("click", () => (this.film.hidden ? this.play() : this.stop()));
    this.film.addEventListener("ended", () => this.stop());
    const isWelcome = !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if ("loops" in this.dataset && isWelcome) this.play();
  }

  play() {
    this.show(true);
    // A browser may refuse; then the picture stays.
    this.film.play().catch(() => this.stop());
  }

  stop() {
    this.film.pause();
    this.film.currentTime = 0;
    this.show(false);
  }

  show(isPlaying) {
    this.film.hidden = !isPlaying;
    this.button.setAttribute("aria-pressed", isPlaying);
  }
}

customElements.define("moving-photo", MovingPhoto);
