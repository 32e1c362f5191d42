/* Links that say which key follows them, as the arrows on an item's page. */
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (isTyping || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
  document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`)?.click();
});
