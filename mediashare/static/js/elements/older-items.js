/* <older-items>: follows its link shortly before the end of the page is reached. htmx makes the link a fragment. */
class OlderItems extends HTMLElement {
  connectedCallback() {
    this.watcher = new IntersectionObserver(
      (entries) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        this.watcher.disconnect();
        this.querySelector("a").click();
      },
      { rootMargin: "1200px" },
    );
    // htmx has to have seen the link first.
    requestAnimationFrame(() => this.watcher.observe(this));
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }
}

if (window.htmx) customElements.define("older-items", OlderItems);
