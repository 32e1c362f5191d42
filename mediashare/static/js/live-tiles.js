/* Keeps tiles that are being prepared up to date, and adds what was just uploaded.
   Asks only while something is pending, less often the longer nothing changes. */
const SOONEST = 2000;
const LATEST = 15000;
const AT_ONCE = 100;
let wait = SOONEST;
let timer = 0;

const pending = () => [...document.querySelectorAll("photo-tile[data-pending]")].slice(0, AT_ONCE);

async function ask() {
  timer = 0;
  const tiles = pending();
  if (tiles.length === 0) return;
  const query = new URLSearchParams();
  for (const tile of tiles) query.append("item", `${tile.dataset.item}:${tile.dataset.pending}`);
  const door = document.querySelector("photo-grid[data-door]")?.dataset.door ?? "";
  const album = document.querySelector("photo-grid[data-album]")?.dataset.album;
  if (album) query.append("album", album);
  const before = tiles.map((tile) => tile.dataset.pending).join();
  if (!document.hidden) {
    await window.htmx.ajax("GET", `${door}/items/states?${query}`, { source: document.body, swap: "none" });
  }
  const changed = before !== pending().map((tile) => tile.dataset.pending).join();
  wait = changed ? SOONEST : Math.min(LATEST, wait * 1.3);
  watch();
}

function watch() {
  if (!timer && pending().length) timer = setTimeout(ask, wait);
}

async function arrive({ item }) {
  const grid = document.querySelector("photo-grid[data-arrivals]");
  if (!grid || document.getElementById(`tile-${item.id}`)) return;
  const query = grid.dataset.album ? `?album=${grid.dataset.album}` : "";
  const answer = await fetch(`/items/${item.id}/tile${query}`);
  if (!answer.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html");
  const tile = document.adoptNode(part.querySelector("photo-tile"));
  if (document.getElementById(tile.id)) return;
  place(grid, tile);
  document.querySelector("[data-empty]")?.remove();
  window.htmx.process(tile);
  wait = SOONEST;
  watch();
}

/* At the end of an album; in the library first, under a heading of its own until the page is loaded again. */
function place(grid, tile) {
  if (grid.dataset.album) {
    count();
    return grid.insertBefore(tile, grid.querySelector("older-items"));
  }
  let arrivals = grid.querySelector("#arrivals");
  if (!arrivals) {
    arrivals = document.getElementById("arrivals-section").content.cloneNode(true).firstElementChild;
    grid.prepend(arrivals);
  }
  return arrivals.querySelector(".grid").prepend(tile);
}

function count() {
  const words = document.querySelector("[data-count]");
  const items = Number(words.dataset.count) + 1;
  words.dataset.count = items;
  words.textContent = items === 1 ? "1 item" : `${items} items`;
}

document.addEventListener("upload:complete", (event) => arrive(event.detail));
document.addEventListener("htmx:afterSettle", watch);
watch();
