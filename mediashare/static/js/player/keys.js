/* Keys of the player that is being looked at. */
import { deed } from "./keymap.js";

const TYPING = "input:not([type=range]), textarea, select, [contenteditable]";
const PRESSABLE = "button, a[href], summary, select";

/* Returns what stops it. */
export function followKeys(player) {
  const onKey = (event) => {
    const { target, key } = event;
    const hasModifier = event.altKey || event.ctrlKey || event.metaKey;
    if (!("current" in player.dataset) || hasModifier || event.defaultPrevented || target.closest(TYPING)) return;
    const isVolume = target.dataset?.part === "volume";
    const place = { inside: player.contains(target) && !isVolume, pressable: Boolean(target.closest(PRESSABLE)) };
    const [name, amount] = deed(key, place) ?? [];
    if (!name) return;
    event.preventDefault();
    player[name](amount);
    player.dispatchEvent(new Event("activity"));
  };
  // Before the page around it takes an arrow for "next".
  document.addEventListener("keydown", onKey, { capture: true });
  return () => document.removeEventListener("keydown", onKey, { capture: true });
}
