// Files on their way into a folder: names that are taken, requests that are gathered, directories.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Directories } from "../../../mediashare/static/upload/directories.js";
import { nextName } from "../../../mediashare/static/upload/folder-bringing.js";
import { Gathering } from "../../../mediashare/static/upload/gathering.js";

test("a name that is taken is counted on", () => {
  assert.equal(nextName("notes.txt"), "notes (2).txt");
  assert.equal(nextName("notes (9).txt"), "notes (10).txt");
  assert.equal(nextName(".profile"), ".profile (2)");
  assert.equal(nextName("README"), "README (2)");
});

test("what is asked for within a moment is one request, and each gets its own answer", async () => {
  const requests = [];
  const gathering = new Gathering(async (all) => {
    requests.push(all);
    return all.map((one) => one * 2);
  }, 3);

  const answers = await Promise.all([1, 2, 3, 4].map((one) => gathering.add(one)));

  assert.deepEqual(answers, [2, 4, 6, 8]);
  assert.deepEqual(requests, [[1, 2, 3], [4]]);
});

test("a request that fails fails for all who asked, and the next one is made", async () => {
  let isDown = true;
  const gathering = new Gathering(async (all) => {
    if (isDown) throw new Error("down");
    return all;
  }, 2);

  const first = await Promise.allSettled([gathering.add(1), gathering.add(2)]);
  isDown = false;

  assert.deepEqual(first.map(({ status }) => status), ["rejected", "rejected"]);
  assert.equal(await gathering.add(3), 3);
});

test("a directory is made once, below the one that it is in, or is there already", async () => {
  const commits = [];
  const there = { state: { kind: "folder" }, entry: "there" };
  const api = {
    commit: async (change) => {
      commits.push([change.after.parent, change.after.name]);
      const isTaken = change.after.name === "2026";
      return isTaken ? { answer: "refused", occupant: there } : { answer: "accepted" };
    },
  };
  const directories = new Directories(api, "root");

  const [one, other] = await Promise.all([directories.at(["2026", "May"]), directories.at(["2026", "May"])]);

  assert.equal(one, other);
  assert.equal(await directories.at([]), "root");
  assert.deepEqual(commits, [["root", "2026"], ["there", "May"]]);
});

test("a file where a directory would be is said, and asked about anew the next time", async () => {
  const taken = { answer: "refused", detail: "Taken.", occupant: { state: { kind: "file" } } };
  const directories = new Directories({ commit: async () => taken }, "");

  await assert.rejects(directories.at(["a"]), /“a” cannot be a folder there/);
  await assert.rejects(directories.at(["a"]), /“a” cannot be a folder there/);
});
