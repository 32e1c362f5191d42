/* Times and sizes as people read and hear them. Pure. */
const MINUTE = 60;
const HOUR = 3600;
/* Sound and pictures rarely end together: 11.999 seconds are twelve. */
const HAIR = 0.05;

const wholeOf = (seconds) => (Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds + HAIR)) : 0);

/* As 1:05 or 1:02:03. */
export function clock(seconds) {
  const whole = wholeOf(seconds);
  const pad = (number) => String(number).padStart(2, "0");
  const minutes = Math.floor((whole % HOUR) / MINUTE);
  if (whole < HOUR) return `${minutes}:${pad(whole % MINUTE)}`;
  return `${Math.floor(whole / HOUR)}:${pad(minutes)}:${pad(whole % MINUTE)}`;
}

/* As "1 minute 5 seconds". */
export function spoken(seconds) {
  const whole = wholeOf(seconds);
  const parts = [
    [Math.floor(whole / HOUR), "hour"],
    [Math.floor((whole % HOUR) / MINUTE), "minute"],
    [whole % MINUTE, "second"],
  ].filter(([count], place) => count || (place === 2 && whole === 0));
  return parts.map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`).join(" ");
}

/* A rung by its shorter side, as everybody calls them: 720p. */
export const rung = ({ width, height }) => `${Math.min(width, height)}p`;
