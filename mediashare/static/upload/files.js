// Files out of drops, folders, pickers and the clipboard. Reads names, never contents.

// What operating systems leave in folders; nobody means to share it.
const LEFTOVERS = [".ds_store", "thumbs.db", "desktop.ini", "ehthumbs.db", ".picasa.ini"];
const LEFTOVER_FOLDERS = ["__macosx", "@eadir", ".spotlight-v100", ".trashes"];

export function isLeftover(name, path = "") {
  const lower = name.toLowerCase();
  if (LEFTOVERS.includes(lower) || lower.startsWith("._")) return true;
  return path.toLowerCase().split("/").some((folder) => LEFTOVER_FOLDERS.includes(folder));
}

/** Parts a list into what is wanted and how many leftovers were skipped. */
export function sortOut(files) {
  const wanted = files.filter((file) => !isLeftover(file.name, pathOf(file)));
  return { wanted, skipped: files.length - wanted.length };
}

// Where dropped files lay; what a browser hands over does not say.
const dropped = new WeakMap();

/** The path of a file within what was chosen or dropped, by its own name at the end. */
export const pathOf = (file) => dropped.get(file) || file.webkitRelativePath || file.name;

export const carriesFiles = (transfer) => Array.from(transfer?.types ?? []).includes("Files");

/** All files of a drop or paste, folders opened. Must be called while the event is handled. */
export async function filesOf(transfer) {
  const entries = Array.from(transfer.items)
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  const lists = await Promise.all(entries.filter(Boolean).map(opened));
  return lists.flat();
}

async function opened(entry) {
  if (entry instanceof File) return [entry];
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    dropped.set(file, entry.fullPath.replace(/^\//, ""));
    return [file];
  }
  if (LEFTOVER_FOLDERS.includes(entry.name.toLowerCase())) return [];
  const children = await childrenOf(entry.createReader());
  return (await Promise.all(children.map(opened))).flat();
}

async function childrenOf(reader) {
  const children = [];
  for (;;) {
    // A reader answers at most a hundred at a time, and nothing when it is through.
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
