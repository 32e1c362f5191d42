/* What the browser remembers of playing. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as memory from "../../../mediashare/static/js/player/memory.js";

beforeEach(() => {
  const kept = new Map();
  globalThis.localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
});

test("a place in a long video is found again, until its end is reached", () => {
  memory.keepPlace("a", 61.7, 600);
  memory.keepPlace("b", 100, 600);
  assert.deepEqual([memory.place("a"), memory.place("b"), memory.place("c")], [61, 100, 0]);
  memory.keepPlace("a", 598, 600);
  assert.equal(memory.place("a"), 0);
});

test("neither a beginning nor a short clip is worth it", () => {
  memory.keepPlace("a", 3, 600);
  memory.keepPlace("b", 15, 20);
  assert.deepEqual([memory.place("a"), memory.place("b")], [0, 0]);
});

test("only the last hundred places are kept", () => {
  for (let number = 0; number <= 100; number++) memory.keepPlace(`item-${number}`, 60, 600);
  assert.deepEqual([memory.place("item-0"), memory.place("item-1")], [0, 60]);
});

test("the volume is what it was", () => {
  assert.deepEqual(memory.volume(), { volume: 1, muted: false });
  memory.keepVolume({ volume: 0.4, muted: true });
  assert.deepEqual(memory.volume(), { volume: 0.4, muted: true });
});

test("without storage it remembers nothing, and says nothing", () => {
  globalThis.localStorage = { getItem() { throw new Error("denied"); }, setItem() { throw new Error("denied"); } };
  memory.keepPlace("a", 60, 600);
  assert.equal(memory.place("a"), 0);
  assert.equal(memory.volume().volume, 1);
});
