// The counties of a state, as soon as it is chosen. Without this script a button of the form asks the server for them.
(() => {
  "use strict";

  const state = document.querySelector("select[data-counties]");
  if (!state) return;
  const county = document.getElementById(state.dataset.counties);
  for (const button of document.querySelectorAll("[data-only-without-script]")) button.hidden = true;

  state.addEventListener("change", async () => {
    const chosen = state.value;
    const first = new Option("—", "");
    county.replaceChildren(first);
    if (!chosen) return;
    const answer = await fetch(`/pscof/counties/${encodeURIComponent(chosen)}`);
    if (!answer.ok || state.value !== chosen) return;
    const { counties } = await answer.json();
    county.replaceChildren(first, ...counties.map((name) => new Option(name, name)));
  });
})();
