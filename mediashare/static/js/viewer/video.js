/* Videos play in place, and stop when one moves on. */
export function addVideo(viewer) {
  viewer.on("contentLoad", (event) => {
    const { content } = event;
    if (content.type !== "video") return;
    event.preventDefault();
    const video = document.createElement("video");
    Object.assign(video, {
      className: "viewer-video",
      controls: true,
      playsInline: true,
      preload: "metadata",
      poster: content.data.src,
    });
    video.setAttribute("aria-label", content.data.alt);
    const source = document.createElement("source");
    Object.assign(source, { src: content.data.video, type: content.data.videoType });
    video.append(source);
    content.element = video;
    content.state = "loaded";
  });
  viewer.on("contentActivate", ({ content }) => {
    // A browser may refuse to begin by itself; then its own button does.
    if (content.type === "video") content.element.play().catch(() => content.element.pause());
  });
  for (const name of ["contentDeactivate", "contentRemove", "contentDestroy"]) {
    viewer.on(name, ({ content }) => {
      if (content.type === "video") content.element?.pause();
    });
  }
  viewer.addFilter("isContentZoomable", (zoomable, content) => zoomable && content.type !== "video");
  viewer.addFilter("useContentPlaceholder", (use, content) => use || content.type === "video");
  // The player's own bar is for dragging in, not for swiping away.
  viewer.on("pointerDown", (event) => {
    const video = event.originalEvent.target.closest?.("video");
    if (video && event.originalEvent.clientY > video.getBoundingClientRect().bottom - 64) event.preventDefault();
  });
}
