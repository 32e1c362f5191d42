/* A few moving seconds of a video on its tile, while a mouse rests there. Not for who wants less
   motion or less data. */
const WAIT_MS = 300;
const isFine = matchMedia("(hover: hover) and (pointer: fine)");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const isThrifty = matchMedia("(prefers-reduced-data: reduce)");

const isWanted = () =>
  isFine.matches && !isCalm.matches && !isThrifty.matches && !navigator.connection?.saveData;

export function addPreview(tile) {
  const link = tile.querySelector("[data-preview]");
  if (!link) return;
  let timer = 0;
  let video = null;
  const begin = () => {
    video = document.createElement("video");
    Object.assign(video, { className: "tile-preview", muted: true, loop: true, playsInline: true, src: link.dataset.preview });
    video.setAttribute("aria-hidden", "true");
    video.addEventListener("playing", () => (video.dataset.playing = ""), { once: true });
    link.append(video);
    // The mouse may be gone before it begins.
    video.play().catch(end);
  };
  const end = () => {
    clearTimeout(timer);
    video?.remove();
    video = null;
  };
  tile.addEventListener("pointerenter", ({ pointerType }) => {
    if (pointerType === "mouse" && isWanted()) timer = setTimeout(begin, WAIT_MS);
  });
  tile.addEventListener("pointerleave", end);
}
