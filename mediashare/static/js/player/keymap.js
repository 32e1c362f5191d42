/* What a key does to a player. Pure: says the deed, does nothing. */
const ANYWHERE = {
  " ": ["toggle"],
  k: ["toggle"],
  j: ["skip", -10],
  l: ["skip", 10],
  m: ["mute"],
  f: ["fullscreen"],
  ",": ["step", -1],
  ".": ["step", 1],
};
/* On the page around it, the arrows lead to the next item. */
const INSIDE = { ArrowLeft: ["skip", -5], ArrowRight: ["skip", 5] };

/* `[name, amount]`, or null. `inside`: the focus is in the player; `pressable`: Space presses what has it. */
export function deed(key, { inside, pressable }) {
  if (key === " " && pressable) return null;
  const name = key.length === 1 ? key.toLowerCase() : key;
  return ANYWHERE[name] ?? (inside ? INSIDE[name] : null) ?? null;
}
