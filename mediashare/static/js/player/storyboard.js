/* A small frame over the seek bar, where the pointer, a finger or the keyboard is. */
import { at, parse } from "./cues.js";
import { clock } from "./words.js";

export function addStoryboard(player) {
  const { storyboard } = player.dataset;
  const [bar, thumb, frame, words] = ["seek", "thumb", "frame", "thumb-time"].map((name) => player.named(name));
  let cues = null;

  async function load() {
    cues ??= storyboard ? fetchCues(storyboard) : Promise.resolve([]);
    return cues;
  }

  async function show(time) {
    const share = time / player.duration;
    if (!Number.isFinite(share)) return;
    thumb.hidden = false;
    words.textContent = clock(time);
    thumb.style.setProperty("--at", share);
    const cue = at(await load(), time);
    frame.hidden = !cue;
    if (cue) draw(frame, cue);
  }

  const hide = () => (thumb.hidden = true);
  const pointed = ({ clientX }) => {
    const { left, width } = bar.getBoundingClientRect();
    return player.duration * Math.max(0, Math.min(1, (clientX - left) / width));
  };
  bar.addEventListener("pointermove", (event) => show(pointed(event)));
  bar.addEventListener("pointerleave", hide);
  bar.addEventListener("pointerup", ({ pointerType }) => pointerType === "touch" && hide());
  bar.addEventListener("input", () => show(Number(bar.value)));
  bar.addEventListener("blur", hide);
}

async function fetchCues(url) {
  const answer = await fetch(url).catch(() => null);
  return answer?.ok ? parse(await answer.text()) : [];
}

function draw(frame, { url, x, y, width, height }) {
  frame.style.width = `${width}px`;
  frame.style.height = `${height}px`;
  frame.style.backgroundImage = `url("${url}")`;
  frame.style.backgroundPosition = `-${x}px -${y}px`;
}
