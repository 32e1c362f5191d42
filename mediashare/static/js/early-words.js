/* Fields that search while somebody types. What was typed before htmx knew of the field, on a slow line or in
   a sheet that has just opened, is searched for as soon as it does. */
document.addEventListener("htmx:afterProcessNode", ({ target }) => {
  if (target.matches("input[type=search][hx-trigger]") && target.value !== target.defaultValue) {
    window.htmx.trigger(target, "early-words");
  }
});
