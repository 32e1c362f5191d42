/* <older-items>: replaces itself with what its link leads to, shortly before the end of the page is reached. */
class OlderItems extends HTMLElement {
  connectedCallback() {
    this.watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) this.load();
      },
      { rootMargin: "1200px" },
    );
    this.watcher.observe(this);
    this.addEventListener("click", (event) => {
      event.preventDefault();
      this.load();
    });
  }

  disconnectedCallback() {
    this.watcher.disconnect();
  }

  load() {
    if (this.isLoading) return;
    this.isLoading = true;
    const again = () => {
      this.isLoading = false;
    };
    const { href } = this.querySelector("a");
    window.htmx.ajax("GET", href, { source: this, target: this, swap: "outerHTML" }).then(again, again);
  }
}

if (window.htmx) customElements.define("older-items", OlderItems);
