// Turns a row of links to sections ([data-tabs]) into tabs, after the ARIA tabs pattern.
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

/** Enhance every tab row inside `root` once. */
export function enhanceTabs(root) {
  for (const list of root.querySelectorAll("[data-tabs]:not([role])")) enhance(list);
}

function enhance(list) {
  const tabs = [...list.querySelectorAll("a[href^='#']")];
  list.setAttribute("role", "tablist");
  for (const tab of tabs) {
    const panel = panelOf(tab);
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
  }
  const wanted = tabs.find((tab) => tab.getAttribute("href") === location.hash);
  select(tabs, wanted ?? tabs[0]);
  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (!tab) return;
    event.preventDefault();
    select(tabs, tab);
  });
  list.addEventListener("keydown", (event) => move(event, tabs));
}

function panelOf(tab) {
  return document.getElementById(tab.getAttribute("href").slice(1));
}

function move(event, tabs) {
  const at = tabs.indexOf(event.target.closest("[role=tab]"));
  let next = null;
  if (event.key in STEPS) next = tabs[(at + STEPS[event.key] + tabs.length) % tabs.length];
  if (event.key === "Home") next = tabs[0];
  if (event.key === "End") next = tabs.at(-1);
  if (event.key === " ") next = tabs[at];
  if (!next) return;
  event.preventDefault();
  select(tabs, next);
  next.focus();
}

function select(tabs, chosen) {
  for (const tab of tabs) {
    const on = tab === chosen;
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    panelOf(tab).hidden = !on;
  }
}
