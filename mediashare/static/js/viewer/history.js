/* The open slide's page is the address while the viewer is open: reload, share and Back do what one expects. */
export function followHistory(viewer) {
  const url = () => viewer.currSlide.data.page;
  let left = false;
  const onBack = () => {
    left = true;
    viewer.close();
  };
  viewer.on("afterInit", () => {
    history.pushState({ viewer: true }, "", url());
    window.addEventListener("popstate", onBack);
  });
  viewer.on("change", () => {
    if (history.state?.viewer) history.replaceState({ viewer: true }, "", url());
  });
  viewer.on("close", () => {
    window.removeEventListener("popstate", onBack);
    if (!left) history.back();
  });
}
