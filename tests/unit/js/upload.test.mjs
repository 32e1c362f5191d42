// The pure parts of the browser uploader. Run by `node --test`; nothing to install.

import assert from "node:assert/strict";
import { test } from "node:test";

import { isLeftover, sortOut } from "../../../mediashare/static/upload/files.js";
import { isStored, planParts } from "../../../mediashare/static/upload/parts.js";
import { patiently, pauseBefore } from "../../../mediashare/static/upload/patience.js";
import { fromService, fromStore } from "../../../mediashare/static/upload/problems.js";
import { Rate, sizeInWords, timeLeftInWords, total } from "../../../mediashare/static/upload/progress.js";
import { isNearExpiry, partUrl } from "../../../mediashare/static/upload/signing.js";
import { Slots } from "../../../mediashare/static/upload/slots.js";
import { aboutAll, aboutTransfer, shownName } from "../../../mediashare/static/upload/words.js";

globalThis.window ??= new EventTarget();

const MiB = 2 ** 20;

test("sizes are words", () => {
  const words = [0, 1023, 1024, 1.5 * MiB, 9.96 * MiB, 1023.6 * MiB, 5 * 2 ** 40].map(sizeInWords);

  assert.deepEqual(words, ["0 B", "1023 B", "1 KB", "1.5 MB", "10 MB", "1 GB", "5 TB"]);
});

test("time left is coarse and never zero", () => {
  const words = [0, 12, 61, 3599, 5400, 90_000, Infinity].map(timeLeftInWords);

  assert.deepEqual(words, ["a few seconds left", "15 s left", "2 min left", "60 min left", "1.5 h left", "", ""]);
});

test("a rate is smoothed towards the latest", () => {
  const rate = new Rate();
  rate.note(0, 0);

  const first = rate.note(1000, 1000);
  const afterASprint = rate.note(11_000, 2000);

  assert.equal(first, 1000);
  assert.ok(afterASprint > 1000 && afterASprint < 10_000);
});

test("a rate does not go below zero when a part starts again", () => {
  const rate = new Rate();
  rate.note(0, 0);
  rate.note(5000, 1000);

  assert.equal(rate.note(1000, 2000), 5000);
});

test("what was cancelled, failed or never sent does not count", () => {
  const one = { state: "sending", sentBytes: 3, size: 10 };
  const others = ["cancelled", "failed", "duplicate"].map((state) => ({ ...one, state }));

  assert.deepEqual(total([one, ...others]), { sentBytes: 3, sizeBytes: 10 });
});

test("parts cover a file without gap or overlap", () => {
  for (const size of [1, 8 * MiB - 1, 8 * MiB, 8 * MiB + 1, 300 * MiB + 7]) {
    const parts = planParts(size, 8 * MiB);

    assert.equal(parts[0].start, 0);
    assert.equal(parts.at(-1).end, size);
    parts.slice(1).forEach((part, index) => assert.equal(part.start, parts[index].end));
  }
});

test("an empty file is one empty part", () => {
  assert.deepEqual(planParts(0, 8 * MiB), [{ number: 1, start: 0, end: 0 }]);
});

test("a stored part counts only with the same size and digest", () => {
  const part = { number: 2, start: 10, end: 15 };

  assert.ok(isStored(part, "abc", [{ number: 2, size: 5, sha256: "abc" }]));
  assert.ok(!isStored(part, "abc", [{ number: 2, size: 5, sha256: "other" }]));
  assert.ok(!isStored(part, "abc", [{ number: 2, size: 4, sha256: "abc" }]));
  assert.ok(isStored(part, "abc", [{ number: 2, size: 5, sha256: null }]));
  assert.ok(!isStored(part, "abc", [{ number: 2, size: 4, sha256: null }]));
  assert.ok(!isStored(part, "abc", []));
});

test("system files are left out, alone or in their folders", () => {
  const files = [".DS_Store", "Thumbs.db", "._beach.jpg", "beach.jpg", ".hidden-but-mine.jpg"];
  const inFolder = { name: "x.jpg", webkitRelativePath: "trip/__MACOSX/x.jpg" };

  const { wanted, skipped } = sortOut([...files.map((name) => ({ name })), inFolder]);

  assert.deepEqual(wanted.map((file) => file.name), ["beach.jpg", ".hidden-but-mine.jpg"]);
  assert.equal(skipped, 4);
  assert.ok(!isLeftover("beach.jpg", "trip/beach.jpg"));
});

test("pauses grow, with jitter, up to a limit", () => {
  assert.equal(pauseBefore(0, () => 0), 250);
  assert.equal(pauseBefore(0, () => 1), 750);
  assert.ok(pauseBefore(50, () => 1) <= 30_250);
});

test("a lost connection is tried again, a refusal is not", async () => {
  const { signal } = new AbortController();
  const answers = [
    () => Promise.reject(Object.assign(new Error(), { patience: "forever", afterSeconds: 0 })),
    () => Promise.resolve("sent"),
  ];
  const waits = [];

  const sent = await patiently(() => answers.shift()(), { signal, onWait: (why) => waits.push(why) });
  const refused = patiently(() => Promise.reject(fromService(422, null)), { signal });

  assert.equal(sent, "sent");
  assert.equal(waits.length, 2);
  await assert.rejects(refused, { kind: "422" });
});

test("an abort ends the waiting", async () => {
  const controller = new AbortController();
  const problem = Object.assign(new Error(), { patience: "person", afterSeconds: 0 });

  const waiting = patiently(() => Promise.reject(problem), { signal: controller.signal });
  setTimeout(() => controller.abort(), 10);

  await assert.rejects(waiting, { name: "AbortError" });
});

test("the service's own words are what a person reads", () => {
  const full = { type: "/problems/quota-exceeded", detail: "There is no room for this file." };

  const problem = fromService(409, full);

  assert.deepEqual([problem.message, problem.kind, problem.patience], [full.detail, "quota-exceeded", "none"]);
});

test("problems deserve the patience that fits them", () => {
  assert.equal(fromService(401, null).patience, "person");
  assert.equal(fromService(503, null).patience, "some");
  assert.equal(fromService(429, null, "7").afterSeconds, 7);
  assert.equal(fromStore(403, "").kind, "permission-expired");
  assert.equal(fromStore(400, "<Error><Code>BadDigest</Code></Error>").patience, "some");
  assert.equal(fromStore(404, "<Code>NoSuchUpload</Code>").patience, "none");
});

test("addresses of parts fit both styles and keep odd names apart", () => {
  const target = { endpoint: "https://s3.example.org", bucket: "originals", path_style: true };
  const upload = { target, key: "originals/a b/ü", multipart_id: "x/y=" };

  assert.equal(
    partUrl(upload, 3),
    "https://s3.example.org/originals/originals/a%20b/%C3%BC?partNumber=3&uploadId=x%2Fy%3D",
  );
  assert.equal(
    partUrl({ ...upload, target: { ...target, path_style: false } }, 3),
    "https://originals.s3.example.org/originals/a%20b/%C3%BC?partNumber=3&uploadId=x%2Fy%3D",
  );
});

test("credentials are renewed before they end", () => {
  const credentials = { expires_at: "2026-01-01T12:00:00Z" };

  assert.ok(!isNearExpiry(credentials, Date.parse("2026-01-01T11:54:00Z")));
  assert.ok(isNearExpiry(credentials, Date.parse("2026-01-01T11:56:00Z")));
});

test("no more run at once than there are slots, in order of arrival", async () => {
  const slots = new Slots(2);
  const { signal } = new AbortController();
  let running = 0;
  let most = 0;
  const order = [];
  const work = (number) => async () => {
    most = Math.max(most, (running += 1));
    order.push(number);
    await new Promise((resolve) => setTimeout(resolve, 2));
    running -= 1;
  };

  await Promise.all([1, 2, 3, 4, 5].map((number) => slots.run(work(number), signal)));

  assert.equal(most, 2);
  assert.deepEqual(order, [1, 2, 3, 4, 5]);
});

test("who gives up waiting for a slot does not keep it", async () => {
  const slots = new Slots(1);
  const patient = new AbortController().signal;
  const leaving = new AbortController();
  let finish;
  const first = slots.run(() => new Promise((resolve) => (finish = resolve)), patient);
  await Promise.resolve();

  const second = slots.run(() => assert.fail("ran"), leaving.signal);
  leaving.abort();
  finish();

  await assert.rejects(second, { name: "AbortError" });
  await first;
  assert.equal(await slots.run(async () => "third", patient), "third");
});

test("a row says what happens and what is safe", () => {
  const row = { state: "sending", size: 2 * MiB, sentBytes: 500 * 1024, checkedBytes: 0 };

  assert.equal(aboutTransfer(row), "500 KB of 2 MB");
  assert.match(aboutTransfer({ ...row, obstacle: { kind: "connection-lost" } }), /Nothing is lost/);
  assert.equal(aboutTransfer({ ...row, state: "duplicate" }), "Already in your library");
});

test("the heading sums up", () => {
  const states = (...names) => names.map((state) => ({ state }));

  assert.equal(aboutAll(states("sending", "waiting", "done")), "Uploading 2 files");
  assert.equal(aboutAll(states("done", "done", "duplicate", "failed")), "2 files uploaded, 1 already there, 1 failed");
});

test("a name cannot be written backwards to look like another", () => {
  assert.equal(shownName("\u202Egpj.exe"), "gpj.exe");
});
