// @ts-check
// The bars: hover, focus or tap show a day; the arrow keys walk from day to day and from service to service, Escape closes.

/** @typedef {[text: string, incidents: [path: string, title: string][]]} Said what is known of a day that was not all well */

const DAY_MS = 86_400_000;
const DAY_WIDTH = 4;
const HIDE_AFTER_MS = 300;

const tip = document.createElement("div");
tip.className = "tip";
tip.hidden = true;
const shade = document.createElementNS("http://www.w3.org/2000/svg", "path");
shade.setAttribute("class", "shade");

/** @type {SVGElement | undefined} */
let picture;
let shownDay = 0;
/** @type {number | undefined} */
let hiding;

/** @returns {SVGElement[]} */
const pictures = () => [...document.querySelectorAll(/** @type {"svg"} */ (".bars"))];

/** @param {SVGElement} svg */
const daysOf = (svg) => svg.dataset.days ?? "";

/**
 * @param {SVGElement} svg
 * @param {number} day counted from the first one
 */
function showDay(svg, day) {
  const days = daysOf(svg);
  clearTimeout(hiding);
  shownDay = Math.max(0, Math.min(days.length - 1, day));
  const date = new Date(Date.parse(svg.dataset.first ?? "") + shownDay * DAY_MS);
  /** @type {Record<string, Said>} */
  const said = JSON.parse(svg.dataset.said || "{}");
  const [text, incidents] = said[shownDay] ?? [words[days[shownDay] ?? ""] ?? "", []];
  const heading = document.createElement("b");
  heading.textContent = date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const lines = incidents.map(([path, title]) => {
    const link = document.createElement("a");
    link.href = path;
    link.textContent = title;
    return link;
  });
  tip.replaceChildren(heading, ` ${text}`, ...lines);
  picture = svg;
  shade.setAttribute("d", `M${shownDay * DAY_WIDTH} 0h${DAY_WIDTH - 1}`);
  svg.append(shade);
  svg.parentElement?.after(tip);
  tip.hidden = false;
  const box = svg.getBoundingClientRect();
  const row = tip.parentElement?.getBoundingClientRect() ?? box;
  const middle = box.left + (box.width * (shownDay + 0.5)) / days.length - row.left;
  tip.style.left = `${Math.max(0, Math.min(row.width - tip.offsetWidth, middle - tip.offsetWidth / 2))}px`;
}

function hideDay() {
  tip.hidden = true;
  shade.remove();
  picture = undefined;
}

function hideLater() {
  clearTimeout(hiding);
  hiding = setTimeout(hideDay, HIDE_AFTER_MS);
}

/** @param {Event} event */
const svgOf = ({ target }) =>
  target instanceof Element ? /** @type {SVGElement | null} */ (target.closest(".bars")) : null;

/** @param {PointerEvent} event */
function point(event) {
  const svg = svgOf(event);
  if (svg) {
    const box = svg.getBoundingClientRect();
    showDay(svg, Math.floor(((event.clientX - box.left) / box.width) * daysOf(svg).length));
  } else if (event.target instanceof Node && tip.contains(event.target)) clearTimeout(hiding);
  else if (picture && picture !== document.activeElement && !tip.contains(document.activeElement)) hideLater();
}
document.addEventListener("pointermove", point);
document.addEventListener("pointerdown", point);

document.addEventListener("focusin", (event) => {
  const svg = svgOf(event);
  if (svg && svg !== picture) showDay(svg, daysOf(svg).length - 1);
  else if (!svg && !(event.target instanceof Node && tip.contains(event.target))) hideDay();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hideDay();
  const svg = svgOf(event);
  if (!svg || event.ctrlKey || event.metaKey || event.altKey) return;
  const last = daysOf(svg).length - 1;
  const day = { ArrowLeft: shownDay - 1, ArrowRight: shownDay + 1, Home: 0, End: last }[event.key];
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (day === undefined && step === undefined) return;
  event.preventDefault();
  if (day !== undefined) {
    showDay(svg, day);
    say(tip.textContent ?? "");
  } else {
    const shown = pictures().filter((each) => each.getClientRects().length);
    const other = shown[shown.indexOf(svg) + (step ?? 0)];
    if (other) {
      showDay(other, shownDay);
      other.focus();
    }
  }
});

function makeReachable() {
  for (const svg of pictures()) svg.setAttribute("tabindex", "0");
  // What was shown may be of a service that is shown anew.
  if (picture && !picture.isConnected) hideDay();
}
document.addEventListener("replaced", makeReachable);
makeReachable();
