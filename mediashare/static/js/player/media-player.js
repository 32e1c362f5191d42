/* <media-player>: controls, keys and sources for the video inside it, which plays without them too.
   The controls are a template of the page, #player-controls. */
import { addControls } from "./controls.js";
import { addStoryboard } from "./storyboard.js";
import { followKeys } from "./keys.js";
import * as memory from "./memory.js";
import { Source } from "./source.js";

/* So short that one wants to see it again at once. */
const LOOPED_SECONDS = 10;
const REMEMBERED_EVERY_SECONDS = 5;
const USUAL_FRAME_RATE = 30;

class MediaPlayer extends HTMLElement {
  #noted = 0;

  connectedCallback() {
    if (!this.source) this.#build();
    this.forget = followKeys(this);
  }

  disconnectedCallback() {
    this.forget();
    this.#remember();
    this.source.end();
  }

  #build() {
    this.video = this.querySelector("video");
    const file = this.video.querySelector("source");
    this.source = new Source(this.video, { url: file.src, type: file.type });
    // Or the browser plays it by itself as well.
    file.remove();
    this.video.controls = false;
    this.video.loop = Number(this.dataset.duration) < LOOPED_SECONDS;
    Object.assign(this.video, memory.volume());
    this.append(document.getElementById("player-controls").content.cloneNode(true));
    addControls(this);
    addStoryboard(this);
    this.video.addEventListener("volumechange", () => memory.keepVolume(this.video));
    this.video.addEventListener("timeupdate", () => {
      if (Math.abs(this.video.currentTime - this.#noted) > REMEMBERED_EVERY_SECONDS) this.#remember();
    });
    for (const name of ["pause", "ended"]) this.video.addEventListener(name, () => this.#remember());
  }

  #remember() {
    const { currentTime, duration } = this.video;
    this.#noted = currentTime;
    if (duration) memory.keepPlace(this.dataset.item, currentTime, duration);
  }

  named(name) {
    return this.querySelector(`[data-part="${name}"]`);
  }

  get duration() {
    return this.video.duration || Number(this.dataset.duration) || 0;
  }

  /* Begins where this browser stopped the last time. */
  async prepare(at = memory.place(this.dataset.item)) {
    if (!this.source) this.#build();
    await this.source.begin(at);
  }

  async play() {
    await this.prepare();
    // A browser may refuse to begin by itself; then its person does.
    await this.video.play().catch(() => this.video.pause());
  }

  pause() {
    this.video?.pause();
  }

  toggle() {
    return this.video.paused ? this.play() : this.pause();
  }

  async seek(time) {
    const wanted = Math.max(0, Math.min(time, this.duration));
    await this.prepare(wanted);
    if (this.video.readyState) this.video.currentTime = wanted;
  }

  skip(seconds) {
    return this.seek(this.video.currentTime + seconds);
  }

  step(frames) {
    this.pause();
    return this.skip(frames / (this.source.level?.frameRate || USUAL_FRAME_RATE));
  }

  mute() {
    this.video.muted = !this.video.muted;
  }

  async fullscreen() {
    if (document.fullscreenElement) await document.exitFullscreen();
    else if (this.requestFullscreen) await this.requestFullscreen();
    else this.video.webkitEnterFullscreen();
  }

  async popOut() {
    if (document.pictureInPictureElement) await document.exitPictureInPicture();
    else await this.video.requestPictureInPicture();
  }

  retry() {
    return this.source.restart();
  }
}

customElements.define("media-player", MediaPlayer);
