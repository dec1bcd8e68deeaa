"use strict";
// The switch between light and dark, from what the system prefers.
(() => {
  const root = document.documentElement;
  const button = document.querySelector(".theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  const label = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Show in light colours" : "Show in dark colours");
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    label();
  });
  prefersDark.addEventListener("change", label);
  label();
  button.hidden = false;
})();
// Long texts unfold.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button.unfold");
  if (!button) return;
  const text = document.getElementById(button.getAttribute("aria-controls"));
  const folded = text.classList.toggle("fold");
  if (!folded) text.dispatchEvent(new CustomEvent("unfold", { bubbles: true }));
  button.setAttribute("aria-expanded", String(!folded));
  button.textContent = folded ? button.dataset.more : "Show less";
});
