/* Videos play in place, and stop when one moves on. */
import "../player/media-player.js";

const OWN_GESTURES = ".player-bar, .player-start, .player-trouble";

export function addVideo(viewer) {
  viewer.on("contentLoad", (event) => {
    const { content } = event;
    if (content.type !== "video") return;
    event.preventDefault();
    content.element = playerOf(content.data);
    content.state = "loaded";
  });
  viewer.on("contentActivate", ({ content }) => {
    if (content.type !== "video") return;
    content.element.dataset.current = "";
    content.element.play();
  });
  for (const name of ["contentDeactivate", "contentRemove", "contentDestroy"]) {
    viewer.on(name, ({ content }) => {
      if (content.type !== "video" || !content.element) return;
      delete content.element.dataset.current;
      content.element.pause();
    });
  }
  viewer.addFilter("isContentZoomable", (zoomable, content) => zoomable && content.type !== "video");
  viewer.addFilter("useContentPlaceholder", (use, content) => use || content.type === "video");
  // The player's bar is for dragging in, not for swiping away; and its arrows seek.
  viewer.on("pointerDown", (event) => {
    if (event.originalEvent.target.closest?.(OWN_GESTURES)) event.preventDefault();
  });
  viewer.on("keydown", (event) => {
    if (event.originalEvent.defaultPrevented) event.preventDefault();
  });
}

function playerOf({ src, alt, player }) {
  const { video: url, videoType: type, ...about } = player;
  const element = document.createElement("media-player");
  Object.assign(element.dataset, about);
  const video = document.createElement("video");
  Object.assign(video, { controls: true, playsInline: true, preload: "none", poster: src });
  video.setAttribute("aria-label", alt);
  const source = document.createElement("source");
  Object.assign(source, { src: url, type });
  video.append(source);
  element.append(video);
  return element;
}
