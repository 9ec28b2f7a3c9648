/**
 * What makes a page of the dashboard live: told that the run has gone on, it fetches itself and takes over what has
 * changed. It reads no data and writes no text of the run; the server has made all markup.
 */
export const LIVE_SCRIPT = `
"use strict";
const state = document.createElement("p");
state.className = "live";
state.setAttribute("role", "status");
document.body.append(state);
document.documentElement.classList.add("is-live");
let busy = false;
let stale = false;

async function refresh() {
  // One at a time, and none while a part of a curve is being chosen.
  if (busy) { stale = true; return; }
  busy = true;
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    if (!response.ok) return;
    const next = new DOMParser().parseFromString(await response.text(), "text/html").querySelector("main");
    bringTo(document.querySelector("main"), next);
    state.textContent = "Live · " + new Date().toLocaleTimeString();
  } finally {
    busy = false;
    if (stale) { stale = false; setTimeout(refresh, 1000); }
  }
}

// What is as it was is left alone: what is open, typed, chosen or scrolled stays, and there is little to lay out anew.
function bringTo(old, next) {
  if (old.isEqualNode(next)) return;
  if (old.nodeType !== 1 || old.nodeName !== next.nodeName) { old.replaceWith(next); return; }
  for (const { name, value } of next.attributes)
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  for (const { name } of [...old.attributes])
    if (!next.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  const [before, after] = [[...old.childNodes], [...next.childNodes]];
  after.forEach((node, index) => {
    if (index in before) bringTo(before[index], node);
    else old.append(node);
  });
  for (const node of before.slice(after.length)) node.remove();
}

function choose(search) {
  history.pushState(null, "", location.pathname + search + "#bounds");
  refresh();
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches(".steps") || !event.target.reportValidity()) return;
  event.preventDefault();
  choose("?" + new URLSearchParams(new FormData(event.target)));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".steps a");
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  choose("");
});
addEventListener("popstate", refresh);

// A part of a curve is chosen by dragging across it.
document.addEventListener("pointerdown", (down) => {
  const chart = down.target.closest("svg[data-steps]");
  if (chart === null || down.button !== 0) return;
  const [first, last] = chart.dataset.steps.split(" ").map(Number);
  const [left, right] = chart.dataset.plot.split(" ").map(Number);
  const box = chart.getBoundingClientRect();
  const across = (event) => {
    const x = (event.clientX - box.left) * chart.viewBox.baseVal.width / box.width;
    return Math.min(right, Math.max(left, x));
  };
  const stepAt = (x) => Math.round(first + (x - left) / (right - left) * (last - first));
  const from = across(down);
  busy = true;
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  mark.setAttribute("class", "chosen");
  mark.setAttribute("height", chart.viewBox.baseVal.height);
  chart.append(mark);
  const move = (event) => {
    mark.setAttribute("x", Math.min(from, across(event)));
    mark.setAttribute("width", Math.abs(across(event) - from));
  };
  const end = (event) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    mark.remove();
    busy = false;
    const steps = [from, across(event)].map(stepAt).sort((one, other) => one - other);
    if (event.type === "pointerup" && Math.abs(across(event) - from) > 5 && steps[0] < steps[1])
      choose("?from=" + steps[0] + "&to=" + steps[1]);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
});

const events = new EventSource("/events" + location.search + (location.search ? "&" : "?") + "page=" + encodeURIComponent(location.pathname));
events.addEventListener("open", () => { state.textContent = "Live"; });
events.addEventListener("changed", refresh);
events.addEventListener("error", () => { state.textContent = "Not connected: gov dashboard has ended"; });
`;
