/* The deciding parts of the player. */
import assert from "node:assert/strict";
import test from "node:test";
import { at, parse } from "../../../mediashare/static/js/player/cues.js";
import { deed } from "../../../mediashare/static/js/player/keymap.js";
import { clock, rung, spoken } from "../../../mediashare/static/js/player/words.js";

const BODY = { inside: false, pressable: false };
const INSIDE = { inside: true, pressable: false };

test("times read as on a clock", () => {
  assert.deepEqual([0, 65.9, 11.999, 600, 3725, NaN].map(clock), ["0:00", "1:05", "0:12", "10:00", "1:02:05", "0:00"]);
});

test("times are heard in words", () => {
  assert.deepEqual([0, 1, 65, 3600].map(spoken), ["0 seconds", "1 second", "1 minute 5 seconds", "1 hour"]);
});

test("a rung is called by its shorter side", () => {
  assert.deepEqual([{ width: 1280, height: 720 }, { width: 720, height: 1280 }].map(rung), ["720p", "720p"]);
});

test("keys play, skip, step, mute and fill the screen, in either case", () => {
  const deeds = [" ", "k", "K", "j", "l", "m", "f", ",", "."].map((key) => deed(key, BODY));
  const expected = [
    ["toggle"], ["toggle"], ["toggle"], ["skip", -10], ["skip", 10], ["mute"], ["fullscreen"], ["step", -1], ["step", 1],
  ];
  assert.deepEqual(deeds, expected);
});

test("arrows seek in the player and belong to the page outside", () => {
  assert.deepEqual(deed("ArrowLeft", INSIDE), ["skip", -5]);
  assert.deepEqual(deed("ArrowRight", INSIDE), ["skip", 5]);
  assert.equal(deed("ArrowLeft", BODY), null);
});

test("the space bar presses the button that has the focus", () => {
  assert.equal(deed(" ", { inside: true, pressable: true }), null);
});

test("other keys do nothing", () => {
  assert.deepEqual(["x", "Escape", "Tab", "Enter"].map((key) => deed(key, INSIDE)), [null, null, null, null]);
});

const TEXT = `WEBVTT

00:00:00.000 --> 00:00:02.500
https://bytes.example/sheet.jpg?a=1#xywh=0,0,160,90

00:00:02.500 --> 01:00:05.250
https://bytes.example/sheet.jpg?a=1#xywh=160,90,160,90
`;

test("a storyboard is read as the site writes it", () => {
  const cues = parse(TEXT);
  assert.equal(cues.length, 2);
  assert.deepEqual(cues[1], {
    start: 2.5, end: 3605.25, url: "https://bytes.example/sheet.jpg?a=1", x: 160, y: 90, width: 160, height: 90,
  });
  assert.deepEqual(parse(TEXT.replaceAll("\n", "\r\n")), cues);
  assert.deepEqual(parse("WEBVTT\n"), []);
});

test("every time has the frame that is nearest before it", () => {
  const cues = parse(TEXT);
  assert.deepEqual([-1, 0, 2.4, 2.5, 9999].map((time) => at(cues, time).x), [0, 0, 0, 160, 160]);
  assert.equal(at([], 1), null);
});
