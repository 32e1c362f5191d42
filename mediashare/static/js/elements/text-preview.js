/* <text-preview>: shows the beginning of a text. Its bytes come from the store, and become text only. */
const SHOWN_BYTES = 64 * 1024;

class TextPreview extends HTMLElement {
  async connectedCallback() {
    const [field, note] = [this.querySelector("pre"), this.querySelector("[data-part=note]")];
    const say = (words) => {
      note.textContent = words;
      note.hidden = false;
    };
    let bytes;
    let isWhole;
    try {
      const answer = await fetch(this.dataset.url, {
        headers: { Range: `bytes=0-${SHOWN_BYTES - 1}` },
      });
      if (!answer.ok) throw new Error(`The store answered ${answer.status}.`);
      bytes = new Uint8Array(await answer.arrayBuffer());
      isWhole = bytes.length < SHOWN_BYTES;
    } catch (problem) {
      console.warn("The text could not be fetched:", problem.message);
      return say("The text cannot be shown just now. It can be downloaded.");
    }
    if (bytes.includes(0)) return say("This is not a text.");
    field.textContent = new TextDecoder().decode(bytes);
    field.hidden = false;
    if (!isWhole) say("Only the beginning is shown.");
  }
}

customElements.define("text-preview", TextPreview);
