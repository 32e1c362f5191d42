/* The viewer: PhotoSwipe over the tiles of a grid. What is open is in the address, so Back closes it. */
import PhotoSwipe from "../../vendor/photoswipe-5.4.4/photoswipe.esm.min.js";
import { icon } from "./icons.js";
import { addButtons } from "./buttons.js";
import { addVideo } from "./video.js";
import { addMotion } from "./motion.js";
import { addSound } from "./sound.js";
import { followHistory } from "./history.js";

/* A video fills the screen, however small its poster. */
const VIDEO_LONG_SIDE = 2560;
/* A cover, or the name of a sound without one, and its controls. */
const SOUND_SIDE = 640;
const LINKS = "a.tile-link:is([data-pswp-src], [data-sound])";

export function openViewer(grid, link) {
  const links = () => [...grid.querySelectorAll(LINKS)];
  const viewer = new PhotoSwipe({
    dataSource: links().map(slide),
    index: links().indexOf(link),
    bgOpacity: 1,
    wheelToZoom: true,
    showHideAnimationType: matchMedia("(prefers-reduced-motion: reduce)").matches ? "none" : "zoom",
    closeTitle: "Close",
    zoomTitle: "Zoom",
    arrowPrevTitle: "Previous",
    arrowNextTitle: "Next",
    returnFocus: true,
    closeSVG: icon("close").outerHTML,
    zoomSVG: icon("zoom").outerHTML,
    arrowPrevSVG: icon("previous").outerHTML,
    arrowNextSVG: icon("next").outerHTML,
  });
  const grow = () => {
    const now = links();
    const isAppended = now.length > viewer.getNumItems() && now[viewer.currIndex] === viewer.currSlide?.data.element;
    if (!isAppended) return;
    viewer.options.dataSource = now.map(slide);
    viewer.dispatch("change");
  };
  // Near the end of what is loaded, the page loads more, and the viewer goes on into it.
  viewer.on("change", () => {
    if (viewer.currIndex > viewer.getNumItems() - 5) grid.querySelector("older-items")?.load?.();
  });
  document.addEventListener("htmx:afterSettle", grow);
  viewer.on("destroy", () => document.removeEventListener("htmx:afterSettle", grow));
  viewer.addFilter("thumbEl", (_, data) => data.element?.querySelector("img"));
  viewer.addFilter("placeholderSrc", (_, content) => content.data.msrc);
  viewer.on("afterInit", () => viewer.element.setAttribute("aria-label", "Viewer"));
  addVideo(viewer);
  addMotion(viewer);
  addSound(viewer);
  addButtons(viewer);
  followHistory(viewer);
  viewer.init();
}

function slide(link) {
  return link.dataset.sound ? soundSlide(link) : pictureSlide(link);
}

function soundSlide(link) {
  const { pswpSrc, sound, name, download } = link.dataset;
  const size = { width: SOUND_SIDE, height: SOUND_SIDE };
  return { type: "sound", ...size, cover: pswpSrc, sound, name, element: link, page: link.href, download };
}

function pictureSlide(link) {
  const image = link.querySelector("img");
  const { pswpSrc, pswpSrcset, pswpWidth, pswpHeight, download, motion, loops, ...others } = link.dataset;
  const scale = others.video ? Math.max(1, VIDEO_LONG_SIDE / Math.max(pswpWidth, pswpHeight)) : 1;
  return {
    type: others.video ? "video" : "image",
    src: pswpSrc,
    srcset: pswpSrcset,
    width: Math.round(scale * pswpWidth),
    height: Math.round(scale * pswpHeight),
    alt: image.alt,
    msrc: image.currentSrc || image.src,
    thumbCropped: true,
    element: link,
    page: link.href,
    player: others,
    download,
    motion,
    ...(loops === undefined ? {} : { loops }),
  };
}
