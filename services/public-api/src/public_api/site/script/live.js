// @ts-check
// Keeps the page as it would be when loaded now, without loading it: `page.changed` brings finished HTML of what changed. Never shows a
// state that is older than one already shown; says when it is not live, and how old what it shows is.

/**
 * @typedef {{
 *   page_version: number,
 *   previous_version: number,
 *   parts_complete?: boolean,
 *   parts?: Record<string, string>,
 * }} Change
 * @typedef {{ type: string, position: string, recovered?: boolean, retry_after_ms?: number, data?: Change }} Frame
 */

const SILENT_MS = 45_000;
const EXPIRED_MS = 23 * 3600_000;
const NOT_LIVE_AFTER_MS = 7_000;
const SAID_AT_ONCE = 4;
const OF_ANY_PAGE = ["title", "icon", "name", "as-of", "confirmed"];
const OF_THE_WHOLE = [...OF_ANY_PAGE, "banner", "incidents", "windows", "services", "past"];
const OF_SOMETHING = [...OF_ANY_PAGE, "main"];

const slug = root.dataset.slug;
const watched = root.dataset.watch;
let version = Number(root.dataset.version);
let position = root.dataset.position ?? "";
let wanted = version;
let failures = 0;
let confirmedAt = Date.now();
/** @type {WebSocket | undefined} */
let socket;
/** @type {number | undefined} */
let fetching;
/** @type {number | undefined} */
let reconnecting;
/** @type {number | undefined} */
let polling;
/** @type {number | undefined} */
let watchdog;
/** @type {number | undefined} */
let notice;

/** @param {number} least @param {number} most */
const between = (least, most) => least + Math.random() * (most - least);

/** @param {Element} element What is read out when it is new: a sentence. */
function saying(element) {
  const text = `${element.getAttribute("data-say")} ${element.textContent?.replace(/\s+/g, " ")}`.trim();
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const sayable = () => [...document.querySelectorAll("main [data-say]")];

/** @param {Element | null} element What it is, so that it is found again in another page. */
const identity = (element) =>
  element && [element.localName, element.id || element.getAttribute("href") || element.closest("[id]")?.id].join();

/** @param {Record<string, string>} parts HTML by element id */
function replaceParts(parts) {
  const before = new Set(sayable().map(saying));
  if (version) root.dataset.version = String(version);
  for (const [id, html] of Object.entries(parts)) {
    const [name = "", attribute] = id.split("?");
    if (attribute) byId(name)?.toggleAttribute(attribute, html !== "");
    else replacePart(name, html);
  }
  const fresh = sayable().filter((element) => !before.has(saying(element)));
  for (const element of fresh) element.closest(".banner, .card, .service, .group")?.classList.add("fresh");
  if (fresh.length) say(fresh.slice(0, SAID_AT_ONCE).map(saying).join(" "));
  document.dispatchEvent(new Event("replaced"));
}

/**
 * What a visitor opened stays open, and where they are they stay.
 * @param {string} id
 * @param {string} html
 */
function replacePart(id, html) {
  const old = byId(id);
  if (!old) return;
  const opened = [...old.querySelectorAll("details[id]")].map((each) => ({
    id: each.id,
    open: each.hasAttribute("open"),
  }));
  const focused = old.contains(document.activeElement) && identity(document.activeElement);
  old.outerHTML = html;
  const now = byId(id);
  if (!now) return;
  for (const each of opened) byId(each.id)?.toggleAttribute("open", each.open);
  /** @type {NodeListOf<HTMLElement>} */
  const reachable = now.querySelectorAll("a, summary, button, .bars");
  for (const each of focused ? reachable : []) {
    if (identity(each) === focused) each.focus({ preventScroll: true });
  }
  writeTimes();
}

/** @param {Change} change */
function take(change) {
  if (!version) {
    // A page of something smaller: what it shows comes with the change, or is loaded again.
    const html = change.parts?.[watched ?? ""];
    if (watched && html && byId(watched)) replaceParts({ [watched]: html });
    else if (html || !change.parts_complete) loadLater(between(0, 10_000));
  } else if (change.page_version > version) {
    wanted = Math.max(wanted, change.page_version);
    if (change.parts_complete && change.previous_version === version) {
      version = change.page_version;
      replaceParts(change.parts ?? {});
    } else loadLater(between(0, 10_000));
  }
}

/** Load the page again, once, if it is another one than the browser has. @param {number} ms from now */
function loadLater(ms) {
  fetching ??= setTimeout(load, ms);
}

async function load() {
  clearTimeout(fetching);
  fetching = undefined;
  try {
    // Asked with If-None-Match: the browser keeps what it loaded, with its ETag.
    const response = await fetch(location.href, { cache: "no-cache" });
    if (response.ok) show(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // Out of reach: asked again as long as something is known to be missing, or this is not live.
  }
  if (version < wanted) loadLater(between(1_000, 5_000));
}

/** @param {Document} loaded */
function show(loaded) {
  const its = loaded.documentElement.dataset;
  if (version && Number(its.version) < version) return;
  confirmedAt = Date.now();
  const ids = version ? OF_THE_WHOLE : OF_SOMETHING;
  const parts = ids.map((id) => [id, loaded.getElementById(id)?.outerHTML ?? ""]);
  version = Number(its.version);
  if (!isLive()) position = its.position ?? position;
  const wasDoubted = isDoubted();
  replaceParts(Object.fromEntries(parts.filter(([, html]) => html)));
  if (wasDoubted && !isDoubted()) say(words.confirmed ?? "");
  askWhileDoubted();
}

/** Whether the page says that it may be out of date: that it is not any more, no event tells. */
const isDoubted = () => byId("confirmed")?.hidden === false;

function askWhileDoubted() {
  if (isDoubted()) loadLater(between(20_000, 40_000));
}

const isLive = () => socket?.readyState === WebSocket.OPEN && watchdog !== undefined;

function connect() {
  clearTimeout(reconnecting);
  reconnecting = undefined;
  if (socket && socket.readyState <= WebSocket.OPEN) return;
  const url = new URL(`/realtime/v1/${slug}?types=page.changed`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (position) url.searchParams.set("since", position);
  const mine = new WebSocket(url);
  socket = mine;
  notLive();
  mine.onmessage = ({ data }) => {
    /** @type {Frame} */
    const frame = JSON.parse(data);
    clearTimeout(watchdog);
    watchdog = setTimeout(() => mine.close(), SILENT_MS);
    if (frame.type === "hello") {
      const hasExpired = !version || Date.now() - confirmedAt > EXPIRED_MS;
      if (!frame.recovered) loadLater(frame.retry_after_ms ?? 0);
      else if (hasExpired) loadLater(between(0, 10_000));
      live();
    }
    confirmedAt = Date.now();
    if (version) position = frame.position;
    if (frame.data) take(frame.data);
  };
  mine.onclose = ({ code }) => {
    clearTimeout(watchdog);
    watchdog = undefined;
    notLive();
    // 3500 and more: do not come back; what is asked for every now and then is enough.
    if (code === 4429) reconnectLater(60_000, 90_000);
    else if (code < 3500) reconnectLater(0, Math.min(60_000, 5_000 * 2 ** failures++));
  };
}

/** @param {number} least @param {number} most */
function reconnectLater(least, most) {
  reconnecting ??= setTimeout(connect, between(least, most));
}

function live() {
  failures = 0;
  clearTimeout(notice);
  clearTimeout(polling);
  notice = polling = undefined;
  const away = byId("away");
  if (away && !away.hidden) {
    away.hidden = true;
    say(words.back ?? "");
  }
}

function notLive() {
  notice ??= setTimeout(tellAway, NOT_LIVE_AFTER_MS);
  polling ??= setTimeout(poll, between(20_000, 40_000));
}

async function poll() {
  if (!document.hidden) await load();
  if (isLive()) return;
  tellAway();
  polling = setTimeout(poll, between(20_000, 40_000));
}

function tellAway() {
  const away = byId("away");
  if (!away || isLive()) return;
  const time = document.createElement("time");
  time.className = "ago";
  time.dateTime = new Date(confirmedAt).toISOString();
  away.replaceChildren(`${words.away} `, time);
  writeTimes(away);
  if (away.hidden) say(away.textContent ?? "");
  away.hidden = false;
}

// A device that slept, or went out of reach, is back.
for (const event of ["online", "pageshow", "visibilitychange"]) {
  addEventListener(event, () => {
    if (!document.hidden && !isLive() && reconnecting) connect();
  });
}

if (slug && (version || watched)) {
  connect();
  askWhileDoubted();
}
