/* Icons of the site's sprite, for buttons that script makes. */
const sprite = () => document.querySelector("svg.icon use").getAttribute("href").replace(/#.*/, "");

export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.classList.add("icon");
  drawing.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite()}#${name}`);
  drawing.append(use);
  return drawing;
}
