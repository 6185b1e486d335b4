// @ts-check
// Times: how long ago first; on demand exactly, in the visitor's zone and in UTC. Without this they are in the organization's zone.

const UNITS = /** @type {const} */ ([
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
]);
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const YEAR = new Date().getFullYear();
let exactly = false;

/**
 * `22 Nov, 14:02 CET`, with the year where it is another one.
 * @param {Date} at
 * @param {{ day?: boolean, zone?: boolean, timeZone?: string }} [wanted] in the visitor's zone unless given
 */
function written(at, { day = true, zone = true, timeZone } = {}) {
  const date = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: at.getFullYear() === YEAR ? undefined : "numeric",
    timeZone,
  });
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: zone ? "short" : undefined,
    timeZone,
  });
  return (day ? `${date.format(at)}, ` : "") + time.format(at);
}

/** @param {Date} at */
function ago(at) {
  const seconds = (at.getTime() - Date.now()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return words.now ?? "";
}

/** @param {ParentNode} [within] */
function writeTimes(within = document) {
  /** @type {NodeListOf<HTMLTimeElement>} */
  const moments = within.querySelectorAll("time[datetime*=T]");
  for (const [number, time] of moments.entries()) {
    const at = new Date(time.dateTime);
    // What both ends of a period share is said once.
    const isSameDay = (/** @type {HTMLTimeElement | undefined} */ other) =>
      other && new Date(other.dateTime).toDateString() === at.toDateString();
    const next = moments[number + 1];
    const day = !(time.classList.contains("end") && isSameDay(moments[number - 1]));
    const zone = !(next?.classList.contains("end") && isSameDay(next));
    const utc = written(at, { day: at.getUTCDate() !== at.getDate(), timeZone: "UTC" });
    const both = at.getTimezoneOffset() ? `${written(at, { day })} (${utc})` : written(at, { day, zone });
    time.title = both;
    const text = exactly ? both : time.classList.contains("ago") ? ago(at) : written(at, { day, zone });
    if (time.textContent !== text) time.textContent = text;
  }
}

const clock = document.createElement("button");
clock.textContent = words.exact ?? "";
clock.onclick = () => {
  exactly = !exactly;
  clock.textContent = words[exactly ? "relative" : "exact"] ?? "";
  writeTimes();
};
byId("tools")?.append(" · ", clock);
// From here on they are in the visitor's zone.
byId("zone")?.remove();
writeTimes();
setInterval(writeTimes, 30_000);
