// @ts-check
// What the page's script shares: its words, and how it speaks. These files are joined into one (site/script.py).
"use strict";

const root = document.documentElement;
/** @type {Record<string, string>} Every word is in words.toml. */
const words = JSON.parse(document.body.dataset.words || "{}");

/** @param {string} id */
const byId = (id) => document.getElementById(id);

/**
 * Have it read out by a screen reader, when that is free to.
 * @param {string} text
 */
function say(text) {
  const said = byId("said");
  if (said) said.textContent = text;
}
