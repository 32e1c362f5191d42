// Where files come in: dropped anywhere on the page, chosen in an `input[data-upload]`, or pasted.

import { carriesFiles, filesOf } from "./files.js";

const INPUTS = "input[type=file][data-upload]";

/** Calls `take(files)` for every way in. `veil` covers the page while files hover over it. `picker` is the input that links open. */
export function listenForFiles({ veil, picker, take }) {
  let depth = 0;
  const lift = () => {
    depth = 0;
    veil.hidden = true;
  };
  const on = (name, act) => document.addEventListener(name, act);

  on("dragenter", (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    depth += 1;
    veil.hidden = false;
  });
  on("dragleave", (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    depth -= 1;
    if (depth <= 0) lift();
  });
  on("dragover", (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  on("drop", async (event) => {
    if (!carriesFiles(event.dataTransfer)) return;
    event.preventDefault();
    lift();
    take(await filesOf(event.dataTransfer));
  });
  on("paste", async (event) => {
    if (!carriesFiles(event.clipboardData)) return;
    event.preventDefault();
    take(await filesOf(event.clipboardData));
  });
  on("keydown", (event) => {
    if (event.key === "Escape") lift();
  });
  on("click", (event) => {
    // "Upload" is a link to the upload page; where there is a tray, it opens the picker at once.
    if (!event.target.closest("a[data-upload]")) return;
    event.preventDefault();
    picker.click();
  });
  const chosen = (input) => {
    const files = Array.from(input.files);
    // So that choosing the same file again is a change.
    input.value = "";
    take(files);
  };
  on("change", ({ target }) => {
    if (target.matches?.(INPUTS)) chosen(target);
  });
  // What was chosen on a slow line before this was here to be told.
  for (const input of document.querySelectorAll(INPUTS)) if (input.files.length) chosen(input);
}
