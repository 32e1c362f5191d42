/* The player's controls: what they do, and what they show of the video's state. */
import { addMenu } from "./menu.js";
import { clock, spoken } from "./words.js";

const IDLE_MS = 2500;
const SAVING = () => navigator.connection?.saveData ?? false;

export function addControls(player) {
  const { video } = player;
  player.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) player[button.dataset.do]();
  });
  player.querySelector('[data-do="popOut"]').hidden = !document.pictureInPictureEnabled;
  const canFill = player.requestFullscreen || video.webkitEnterFullscreen;
  player.querySelector('[data-do="fullscreen"]').hidden = !canFill;
  // Who comes near it is about to play it.
  for (const name of ["pointerenter", "focusin"]) {
    player.addEventListener(name, () => SAVING() || player.prepare(), { once: true });
  }
  addState(player);
  addSeeking(player);
  addVolume(player);
  addMenu(player);
  addTrouble(player);
  addHiding(player);
}

function addState(player) {
  const { video } = player;
  const reflect = () => {
    const isPlaying = !video.paused && !video.ended;
    player.toggleAttribute("data-playing", isPlaying);
    player.toggleAttribute("data-begun", isPlaying || video.currentTime > 0);
    label(player, "toggle", isPlaying ? "Pause" : "Play");
  };
  for (const name of ["play", "pause", "ended", "playing", "seeked"]) video.addEventListener(name, reflect);
  const wait = (isWaiting) => () => player.toggleAttribute("data-waiting", isWaiting);
  for (const name of ["waiting", "seeking"]) video.addEventListener(name, wait(true));
  for (const name of ["playing", "canplay", "seeked", "error"]) video.addEventListener(name, wait(false));
  player.addEventListener("fullscreenchange", () => {
    const isFull = document.fullscreenElement === player;
    player.toggleAttribute("data-full", isFull);
    label(player, "fullscreen", isFull ? "Leave full screen" : "Full screen");
  });
}

function addSeeking(player) {
  const { video } = player;
  const [bar, now, all] = ["seek", "now", "all"].map((name) => player.named(name));
  let isHeld = false;
  const draw = (time) => {
    bar.style.setProperty("--done", player.duration ? time / player.duration : 0);
    bar.setAttribute("aria-valuetext", `${spoken(time)} of ${spoken(player.duration)}`);
    now.textContent = clock(time);
  };
  const follow = () => {
    bar.max = player.duration;
    all.textContent = clock(player.duration);
    if (isHeld) return;
    bar.value = video.currentTime;
    draw(video.currentTime);
  };
  const buffered = () => {
    const { length } = video.buffered;
    const end = length ? video.buffered.end(length - 1) : 0;
    bar.style.setProperty("--loaded", player.duration ? end / player.duration : 0);
  };
  for (const name of ["timeupdate", "durationchange", "seeking"]) video.addEventListener(name, follow);
  video.addEventListener("progress", buffered);
  bar.addEventListener("input", () => {
    isHeld = true;
    draw(Number(bar.value));
  });
  bar.addEventListener("change", () => {
    isHeld = false;
    player.seek(Number(bar.value));
  });
  follow();
}

function addVolume(player) {
  const { video } = player;
  const volume = player.named("volume");
  const show = () => {
    const isMuted = video.muted || video.volume === 0;
    player.toggleAttribute("data-muted", isMuted);
    label(player, "mute", isMuted ? "Sound on" : "Sound off");
    volume.value = video.muted ? 0 : video.volume;
    volume.style.setProperty("--done", volume.value);
    volume.setAttribute("aria-valuetext", `${Math.round(100 * volume.value)} percent`);
  };
  video.addEventListener("volumechange", show);
  volume.addEventListener("input", () => {
    video.volume = Number(volume.value);
    video.muted = video.volume === 0;
  });
  show();
}

function addTrouble(player) {
  const [box, words, retry] = ["trouble", "trouble-words", "retry"].map((name) => player.named(name));
  const show = (isFinal) => (event) => {
    words.textContent = event.detail;
    retry.hidden = !isFinal;
    box.hidden = false;
  };
  player.source.addEventListener("trouble", show(true));
  player.source.addEventListener("waiting", show(false));
  player.source.addEventListener("fine", () => (box.hidden = true));
}

function addHiding(player) {
  const { video } = player;
  let timer = 0;
  const wake = () => {
    delete player.dataset.idle;
    clearTimeout(timer);
    timer = setTimeout(sleep, IDLE_MS);
  };
  const sleep = () => {
    if (!video.paused && !player.querySelector("details[open]")) player.dataset.idle = "";
  };
  for (const name of ["pointermove", "pointerdown", "focusin", "activity"]) {
    player.addEventListener(name, (event) => event.pointerType === "touch" || wake());
  }
  for (const name of ["play", "pause"]) video.addEventListener(name, wake);
  player.addEventListener("pointerleave", sleep);
  video.addEventListener("click", ({ pointerType }) => {
    if (pointerType !== "touch") player.toggle();
    else if ("idle" in player.dataset) wake();
    else sleep();
  });
  video.addEventListener("dblclick", () => player.fullscreen());
}

function label(player, deed, words) {
  for (const button of player.querySelectorAll(`[data-do="${deed}"]`)) {
    button.setAttribute("aria-label", words);
    button.title = words;
  }
}
