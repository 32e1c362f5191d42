/* What every page loads. Each import defines one custom element around server HTML. */
import "./elements/theme-switch.js";
import "./elements/toast-list.js";
import "./elements/modal-sheet.js";
import "./elements/copy-link.js";
import "./elements/photo-tile.js";
import "./elements/moving-photo.js";
import "./elements/photo-grid.js";
import "./elements/older-items.js";
import "./elements/living-album.js";
import "./elements/pick-bar.js";
import "./elements/order-list.js";
import "./live-tiles.js";
import "./early-words.js";
import "./menus.js";
import "./keys.js";
