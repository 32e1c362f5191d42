/* <toast-list>: lets messages be dismissed, and takes those away that nobody needs to act on. */
const READING_TIME = 7000;

export function toast(text, { error = false } = {}) {
  const line = document.createElement("div");
  line.className = error ? "toast toast-error" : "toast";
  const words = document.createElement("p");
  words.className = "toast-text";
  words.textContent = text;
  line.append(words);
  document.getElementById("toasts").append(line);
}

class ToastList extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
    });
    for (const line of this.children) this.arrange(line);
    new MutationObserver((changes) => {
      for (const change of changes) for (const line of change.addedNodes) this.arrange(line);
    }).observe(this, { childList: true });
  }

  arrange(line) {
    if (!(line instanceof HTMLElement)) return;
    line.querySelector("[data-dismiss]")?.removeAttribute("hidden");
    // What offers an undo, or reports a failure, stays until it is read.
    if (line.querySelector("form") || line.classList.contains("toast-error")) return;
    setTimeout(() => line.remove(), READING_TIME);
  }
}

customElements.define("toast-list", ToastList);
document.addEventListener("htmx:responseError", () => {
  toast("That did not work. Nothing was changed; please try again.", { error: true });
});
document.addEventListener("htmx:sendError", () => {
  toast("The server cannot be reached. Nothing was changed.", { error: true });
});
