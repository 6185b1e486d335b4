/**
 * How well something fits what is typed, between 0 (not at all) and 1. Every word that is typed is in it, at the beginning of a word at
 * best; letters that are strewn over it are no fit, as they are of too much.
 */
export function scoreOf(name: string, typed: string, words: string[] = []): number {
  const text = ` ${[name, ...words].join(" ").toLowerCase()}`;
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = parts.map((part) => (text.includes(` ${part}`) ? 1 : text.includes(part) ? 0.5 : 0));
  return Math.min(1, ...fits);
}
