/* Sounds play in place, under their cover, and stop when one moves on. */
import { icon } from "./icons.js";

const SEEKING = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export function addSound(viewer) {
  const isSound = ({ type }) => type === "sound";
  viewer.on("contentLoad", (event) => {
    const { content } = event;
    if (!isSound(content)) return;
    event.preventDefault();
    content.element = figureOf(content.data);
    content.state = "loaded";
  });
  for (const name of ["contentDeactivate", "contentRemove", "contentDestroy"]) {
    viewer.on(name, ({ content }) => {
      if (isSound(content)) content.element?.querySelector("audio").pause();
    });
  }
  viewer.addFilter("isContentZoomable", (zoomable, content) => zoomable && !isSound(content));
  viewer.addFilter("useContentPlaceholder", (use, content) => use && !isSound(content));
  // The controls are for dragging in, not for swiping away; and their arrows seek.
  viewer.on("pointerDown", (event) => {
    if (event.originalEvent.target.closest?.("audio")) event.preventDefault();
  });
  viewer.on("keydown", (event) => {
    const { target, key } = event.originalEvent;
    if (target instanceof HTMLAudioElement && SEEKING.includes(key)) event.preventDefault();
  });
}

function figureOf({ cover, sound, name }) {
  const figure = document.createElement("figure");
  figure.className = "viewer-sound";
  const audio = document.createElement("audio");
  Object.assign(audio, { controls: true, preload: "metadata", src: sound });
  audio.setAttribute("aria-label", name);
  figure.append(cover ? pictureOf(cover) : labelOf(name), audio);
  return figure;
}

function pictureOf(cover) {
  return Object.assign(document.createElement("img"), { src: cover, alt: "" });
}

function labelOf(name) {
  const label = document.createElement("span");
  label.append(icon("note"), name);
  return label;
}
