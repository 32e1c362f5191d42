/* Download and information, beside PhotoSwipe's own buttons. */
import { icon } from "./icons.js";

export function addButtons(viewer) {
  const panel = document.createElement("aside");
  panel.className = "viewer-panel";
  panel.setAttribute("aria-label", "About this item");
  panel.hidden = true;
  const show = () => {
    if (panel.hidden) return;
    const url = `${viewer.currSlide.data.page}?part=facts`;
    window.htmx.ajax("GET", url, { source: panel, target: panel, swap: "innerHTML" });
  };
  viewer.on("uiRegister", () => {
    viewer.ui.registerElement({
      name: "download",
      className: "viewer-button",
      tagName: "a",
      title: "Download original",
      order: 8,
      isButton: true,
      onInit(link) {
        link.append(icon("download"));
        link.download = "";
        viewer.on("change", () => {
          link.hidden = !viewer.currSlide.data.download;
          link.href = viewer.currSlide.data.download ?? "";
        });
      },
    });
    viewer.ui.registerElement({
      name: "info",
      className: "viewer-button",
      title: "Information (i)",
      order: 9,
      isButton: true,
      onInit: (button) => button.append(icon("info")),
      onClick: toggle,
    });
  });
  function toggle() {
    panel.hidden = !panel.hidden;
    show();
  }
  viewer.on("keydown", ({ originalEvent }) => {
    if (originalEvent.key === "i") toggle();
  });
  viewer.on("change", show);
  viewer.on("afterInit", () => viewer.element.append(panel));
}
