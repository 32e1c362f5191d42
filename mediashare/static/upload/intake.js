// Where files come in: dropped anywhere on the page, chosen in an `input[data-upload]`, or pasted.

import { carriesFiles, filesOf } from "./files.js";

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
  on("change", (event) => {
    const input = event.target;
    if (!input.matches?.("input[type=file][data-upload]")) return;
    const files = Array.from(input.files);
    // So that choosing the same file again is a change.
    input.value = "";
    take(files);
  });
}
