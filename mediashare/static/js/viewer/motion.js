/* What moves in a photo, over its picture: an animation by itself, a moving photo when asked. */
import { icon } from "./icons.js";

export function addMotion(viewer) {
  const isWelcome = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let film = null;
  let button = null;
  const fit = () => {
    const { displayedImageWidth, displayedImageHeight } = viewer.currSlide.content;
    film.style.width = `${displayedImageWidth}px`;
    film.style.height = `${displayedImageHeight}px`;
  };
  const stop = () => {
    film?.remove();
    film = null;
    button?.setAttribute("aria-pressed", "false");
  };
  const play = () => {
    const { data, container } = viewer.currSlide;
    film = document.createElement("video");
    const loops = "loops" in data;
    Object.assign(film, { className: "viewer-motion", src: data.motion, playsInline: true, loop: loops, muted: loops });
    film.setAttribute("aria-hidden", "true");
    film.addEventListener("ended", stop);
    container.append(film);
    fit();
    button?.setAttribute("aria-pressed", "true");
    // A browser may refuse; then the picture stays.
    film.play().catch(stop);
  };
  viewer.on("uiRegister", () => {
    viewer.ui.registerElement({
      name: "motion",
      className: "viewer-button",
      title: "Play motion",
      order: 7,
      isButton: true,
      onInit(made) {
        button = made;
        for (const [name, when] of [["play", "when-still"], ["pause", "when-moving"]]) {
          const drawing = icon(name);
          drawing.classList.add(when);
          button.append(drawing);
        }
        button.setAttribute("aria-pressed", "false");
      },
      onClick: () => (film ? stop() : play()),
    });
  });
  viewer.on("change", () => {
    stop();
    const { data } = viewer.currSlide;
    button.hidden = !data.motion;
    if (data.motion && "loops" in data && isWelcome) play();
  });
  viewer.on("imageSizeChange", ({ slide }) => film && slide === viewer.currSlide && fit());
  viewer.on("destroy", stop);
}
