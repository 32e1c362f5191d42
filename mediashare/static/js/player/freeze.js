/* Keeps the last picture of a video in sight while its source is exchanged. */
export function freeze(video) {
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return;
  const canvas = document.createElement("canvas");
  canvas.className = "player-frozen";
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  video.after(canvas);
  const thaw = () => canvas.remove();
  for (const name of ["loadeddata", "playing"]) video.addEventListener(name, thaw, { once: true });
}
