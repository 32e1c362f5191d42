/* Storyboards in WebVTT: which part of which picture stands for which seconds. Pure. */
const CUE = /^(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm;

function seconds(clock) {
  return clock.split(":").reduce((sum, part) => 60 * sum + Number(part), 0);
}

export function parse(text) {
  return [...text.replaceAll("\r\n", "\n").matchAll(CUE)].map(([, start, end, url, ...box]) => {
    const [x, y, width, height] = box.map(Number);
    return { start: seconds(start), end: seconds(end), url, x, y, width, height };
  });
}

/* The cue at a time; before the first and after the last, the nearest. */
export function at(cues, time) {
  return cues.findLast((cue) => cue.start <= time) ?? cues[0] ?? null;
}
