/* What this browser remembers: how loud, and where in which video somebody stopped.
   Without storage, as in some private windows, it remembers nothing. */
const VOLUME = "player-volume";
const PLACES = "player-places";
const MOST_PLACES = 100;
/* A place near either end is not worth going back to, nor is one in a short clip. */
const WORTH_SECONDS = 30;
const MARGIN_SECONDS = 5;

function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: then this visit is all there is.
  }
}

export const volume = () => recall(VOLUME, { volume: 1, muted: false });
export const keepVolume = ({ volume, muted }) => keep(VOLUME, { volume, muted });

export function place(item) {
  const found = recall(PLACES, []).find(([id]) => id === item);
  return found ? found[1] : 0;
}

export function keepPlace(item, time, duration) {
  const others = recall(PLACES, []).filter(([id]) => id !== item);
  const isWorth = duration >= WORTH_SECONDS && time > MARGIN_SECONDS && time < duration - MARGIN_SECONDS;
  keep(PLACES, isWorth ? [[item, Math.floor(time)], ...others].slice(0, MOST_PLACES) : others);
}
