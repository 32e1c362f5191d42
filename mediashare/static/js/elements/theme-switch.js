/* <theme-switch>: changes the colours in place; the form it surrounds does the same with a page load. */
const NEXT = { system: "light", light: "dark", dark: "system" };
const ICON = { system: "system", light: "sun", dark: "moon" };
const WORDS = { system: "as the system", light: "light", dark: "dark" };

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => {
      event.preventDefault();
      this.choose(this.querySelector("button").value);
    });
  }

  choose(theme) {
    const root = document.documentElement;
    const age = theme === "system" ? 0 : 31536000;
    document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
    if (theme === "system") delete root.dataset.theme;
    else root.dataset.theme = theme;
    this.querySelector("button").value = NEXT[theme];
    this.querySelector(".sr").textContent = `Colours: ${WORDS[theme]}. Change`;
    const use = this.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICON[theme]}`));
  }
}

customElements.define("theme-switch", ThemeSwitch);
