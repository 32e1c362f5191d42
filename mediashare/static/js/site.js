/* What every page loads. Each import defines one custom element around server HTML. */
import "./elements/theme-switch.js";
import "./elements/toast-list.js";
import "./elements/modal-sheet.js";
import "./elements/copy-link.js";
import "./menus.js";
