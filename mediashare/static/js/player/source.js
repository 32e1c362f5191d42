/* Where a video comes from: a playlist by hls.js, or what the browser plays by itself.
   Whatever goes wrong, it fetches the playlist again and goes on where it was: addresses in it
   end, connections are lost, and larger rungs are made while somebody watches the first. */
import { freeze } from "./freeze.js";

const PLAYLIST = "application/vnd.apple.mpegurl";
const UNFINISHED = "org.mediashare.unfinished";
const LOOK_AGAIN_MS = 8000;
const SOONEST_MS = 1000;
const LATEST_MS = 15000;
/* So many new starts in so short a time, and another will not help either. */
const HEALED_MS = 30000;
const MOST_RESTARTS = 3;
/* Nothing is decoded from so near the end: hls.js would wait there for ever. */
const LAST_START_SECONDS = 0.5;
const OPTIONS = {
  // The policy allows no worker from a blob; fragments are MP4 already and need none.
  enableWorker: false,
  enableInterstitialPlayback: false,
  lowLatencyMode: false,
  capLevelToPlayerSize: true,
  abrEwmaDefaultEstimate: 3_000_000,
  backBufferLength: 60,
};

const hlsModule = async () => (await import("../../vendor/hls-1.7.4/hls.min.js")).default;
const isScriptable = () => "MediaSource" in window || "ManagedMediaSource" in window;
const rungsOf = (text) => text.split("\n").filter((line) => !line.startsWith("#EXT-X-SESSION-DATA")).join("\n");

export class Source extends EventTarget {
  #video;
  #url;
  #isPlaylist;
  #hls = null;
  #begun = null;
  #chosen = -1;
  #rungs = "";
  #restarts = 0;
  #healing = false;
  #timers = new Set();

  constructor(video, { url, type }) {
    super();
    this.#video = video;
    this.#url = url;
    this.#isPlaylist = type === PLAYLIST;
    video.addEventListener("error", () => this.#hls || this.#heal());
  }

  /* Asking again is harmless. */
  begin(at = 0) {
    // Without a connection not even hls.js comes.
    this.#begun ??= this.#attach(at).catch(() => this.#heal());
    return this.#begun;
  }

  /* From the playlist on, at the same place; what was playing goes on playing. */
  async restart() {
    const { currentTime, duration, paused, ended, playbackRate } = this.#video;
    const latest = duration ? Math.max(0, duration - LAST_START_SECONDS) : currentTime;
    freeze(this.#video);
    this.#release();
    this.#begun = null;
    await this.begin(ended ? 0 : Math.min(currentTime, latest));
    this.#video.playbackRate = playbackRate;
    if (!paused) this.#video.play().catch(() => this.#video.pause());
  }

  end() {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#release();
    this.#begun = null;
  }

  get levels() {
    return this.#hls?.levels ?? [];
  }

  get level() {
    return this.levels[this.#hls?.currentLevel] ?? null;
  }

  /* The height of a rung, or -1 for the best that the connection carries. */
  choose(height) {
    this.#chosen = height;
    if (this.#hls) this.#hls.nextLevel = this.levels.findIndex((level) => level.height === height);
  }

  async #attach(at) {
    const Hls = this.#isPlaylist && isScriptable() ? await hlsModule() : null;
    if (!Hls?.isSupported()) {
      this.#attachPlainly(at);
      return;
    }
    const hls = new Hls({ ...OPTIONS, startPosition: at || -1 });
    this.#hls = hls;
    hls.on(Hls.Events.MANIFEST_LOADED, (_, { sessionData, networkDetails }) => {
      this.#rungs = rungsOf(networkDetails.responseText);
      if (sessionData?.[UNFINISHED]) this.#later(() => this.#lookForMore(), LOOK_AGAIN_MS);
    });
    hls.on(Hls.Events.MANIFEST_PARSED, () => {
      if (this.#chosen > 0) this.choose(this.#chosen);
      this.#tell("levels");
    });
    hls.on(Hls.Events.LEVEL_SWITCHED, () => this.#tell("level"));
    hls.on(Hls.Events.FRAG_BUFFERED, () => this.#tell("fine"));
    hls.on(Hls.Events.ERROR, (_, { fatal }) => fatal && this.#heal());
    hls.loadSource(this.#url);
    hls.attachMedia(this.#video);
  }

  #attachPlainly(at) {
    if (this.#isPlaylist && !this.#video.canPlayType(PLAYLIST)) {
      this.#tell("trouble", "This browser cannot play this video.");
      return;
    }
    this.#video.src = this.#url;
    if (at) this.#video.addEventListener("loadedmetadata", () => (this.#video.currentTime = at), { once: true });
    this.#video.addEventListener("playing", () => this.#tell("fine"), { once: true });
  }

  #release() {
    this.#hls?.destroy();
    this.#hls = null;
  }

  /* A fatal error has stopped the loading. Start anew once the site answers, as often as is sensible. */
  async #heal() {
    if (this.#healing) return;
    this.#healing = true;
    let status = await this.#ask();
    for (let wait = SOONEST_MS; !status && this.#begun; wait = Math.min(LATEST_MS, 2 * wait)) {
      this.#tell("waiting", "The connection was lost. It goes on when there is one again.");
      await this.#pause(wait);
      status = await this.#ask();
    }
    this.#healing = false;
    if (!this.#begun) return;
    if (status >= 400) this.#tell("trouble", "This video is not here any more.");
    else if (this.#restarts >= MOST_RESTARTS) this.#tell("trouble", "This video cannot be played just now.");
    else {
      this.#restarts += 1;
      this.#later(() => (this.#restarts = 0), HEALED_MS);
      await this.restart();
    }
  }

  /* What the site answers; 0 when nothing comes, or it has trouble of its own. */
  async #ask() {
    if (!this.#isPlaylist) return 200;
    const answer = await fetch(this.#url, { cache: "no-cache" }).catch(() => null);
    return !answer || answer.status >= 500 ? 0 : answer.status;
  }

  /* Some time, or until the connection is back. */
  #pause(wait) {
    return new Promise((resolve) => {
      this.#later(resolve, wait);
      window.addEventListener("online", resolve, { once: true });
    });
  }

  async #lookForMore() {
    const answer = await fetch(this.#url, { cache: "no-cache" }).catch(() => null);
    const text = answer?.ok ? await answer.text() : "";
    if (!this.#begun) return;
    if (text && rungsOf(text) !== this.#rungs) await this.restart();
    else if (!text || text.includes(UNFINISHED)) this.#later(() => this.#lookForMore(), LOOK_AGAIN_MS);
  }

  #later(deed, wait) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      deed();
    }, wait);
    this.#timers.add(timer);
  }

  #tell(name, words = "") {
    this.dispatchEvent(new CustomEvent(name, { detail: words }));
  }
}
