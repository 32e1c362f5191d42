/* Quality and speed. */
import { rung } from "./words.js";

export function addMenu(player) {
  const { source, video } = player;
  const [quality, speed, field] = ["quality", "speed", "quality-field"].map((name) => player.named(name));
  const automatic = quality.options[0];

  source.addEventListener("levels", () => {
    const chosen = quality.value;
    const rungs = [...source.levels].sort((one, other) => other.height - one.height);
    quality.replaceChildren(automatic, ...rungs.map((level) => new Option(rung(level), level.height)));
    quality.value = rungs.some(({ height }) => String(height) === chosen) ? chosen : "-1";
    field.hidden = rungs.length < 2;
  });
  source.addEventListener("level", () => {
    automatic.textContent = source.level ? `Automatic (${rung(source.level)})` : "Automatic";
  });
  quality.addEventListener("change", () => source.choose(Number(quality.value)));
  speed.addEventListener("change", () => (video.playbackRate = Number(speed.value)));
  video.addEventListener("ratechange", () => (speed.value = String(video.playbackRate)));
}
