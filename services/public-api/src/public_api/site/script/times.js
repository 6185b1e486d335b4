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
 * @param {boolean} onlyTime
 * @param {string} [timeZone] the visitor's unless given
 */
function written(at, onlyTime, timeZone) {
  const day = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: at.getFullYear() === YEAR ? undefined : "numeric",
    timeZone,
  });
  const time = new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
    timeZone,
  });
  return (onlyTime ? "" : `${day.format(at)}, `) + time.format(at);
}

/** @param {Date} at */
function ago(at) {
  const seconds = (at.getTime() - Date.now()) / 1000;
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return relative.format(0, "second");
}

/** @param {ParentNode} [within] */
function writeTimes(within = document) {
  /** @type {HTMLTimeElement | undefined} */
  let before;
  for (const time of within.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    const isSameDay = before && new Date(before.dateTime).toDateString() === at.toDateString();
    const local = written(at, Boolean(isSameDay && time.classList.contains("end")));
    const utc = written(at, at.getUTCDate() === at.getDate(), "UTC");
    const both = at.getTimezoneOffset() ? `${local} (${utc})` : local;
    time.title = both;
    const text = exactly ? both : time.classList.contains("ago") ? ago(at) : local;
    if (time.textContent !== text) time.textContent = text;
    before = time;
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
