/**
 * What makes a page of the dashboard live: told that the run has gone on, it fetches itself and puts the new content
 * in the old one's place. It reads no data and writes no text of the run; the server has made all markup.
 */
export const LIVE_SCRIPT = `
"use strict";
const state = document.createElement("p");
state.className = "live";
state.setAttribute("role", "status");
document.body.append(state);
let busy = false;
let stale = false;
async function refresh() {
  if (busy) { stale = true; return; }
  busy = true;
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!response.ok) return;
    const next = new DOMParser().parseFromString(await response.text(), "text/html");
    const open = [...document.querySelectorAll("details")].map((one) => one.open);
    const scrolled = [...document.querySelectorAll(".scroll")].map((one) => [one.scrollLeft, one.scrollTop]);
    const chosen = new Map([...document.querySelectorAll("input")].map((one) => [one.value, one.checked]));
    const focus = [...document.querySelectorAll("a, summary, .scroll, input, button")].indexOf(document.activeElement);
    document.querySelector("main").replaceWith(next.querySelector("main"));
    document.querySelectorAll("details").forEach((one, index) => { if (index in open) one.open = open[index]; });
    document.querySelectorAll(".scroll").forEach((one, index) => {
      if (index in scrolled) [one.scrollLeft, one.scrollTop] = scrolled[index];
    });
    document.querySelectorAll("input").forEach((one) => { if (chosen.has(one.value)) one.checked = chosen.get(one.value); });
    document.querySelectorAll("a, summary, .scroll, input, button")[focus]?.focus({ preventScroll: true });
    state.textContent = "Live · " + new Date().toLocaleTimeString();
  } finally {
    busy = false;
    if (stale) { stale = false; setTimeout(refresh, 1000); }
  }
}
const events = new EventSource("/events" + location.search + (location.search ? "&" : "?") + "page=" + encodeURIComponent(location.pathname));
events.addEventListener("open", () => { state.textContent = "Live"; });
events.addEventListener("changed", refresh);
events.addEventListener("error", () => { state.textContent = "Not connected: gov dashboard has ended"; });
`;
