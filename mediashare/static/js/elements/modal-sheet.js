/* <modal-sheet>: opens its dialog whenever htmx has put something into it, and closes it on request. */
class ModalSheet extends HTMLElement {
  connectedCallback() {
    const dialog = this.querySelector("dialog");
    this.addEventListener("htmx:afterSwap", () => {
      if (!dialog.open) dialog.showModal();
    });
    this.addEventListener("click", (event) => {
      const onBackdrop = event.target === dialog;
      if (onBackdrop || event.target.closest("[data-close]")) {
        event.preventDefault();
        dialog.close();
      }
    });
    dialog.addEventListener("close", () => dialog.replaceChildren());
  }
}

customElements.define("modal-sheet", ModalSheet);
