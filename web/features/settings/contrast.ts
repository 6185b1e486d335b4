/** How well text in a colour can be read on the page (WCAG 2.1). */

/** What is needed for text. */
export const READABLE = 4.5;
/** The page's own backgrounds. */
const LIGHT = "#ffffff";
const DARK = "#14181d";

export const COLOR = /^#[0-9a-f]{6}$/i;

/** What visitors see of an accent colour. Null for what is no colour yet. */
export function noteOn(color: string): string | null {
  if (!COLOR.test(color)) return null;
  const [light, dark] = [contrast(color, LIGHT), contrast(color, DARK)];
  const weak = [light < READABLE && "a darker one on a light page", dark < READABLE && "a lighter one on a dark page"];
  const instead = weak.filter(Boolean).join(", ");
  const measured = `${light.toFixed(1)} to 1 on light, ${dark.toFixed(1)} to 1 on dark`;
  return instead
    ? `${measured}. So that links can be read, visitors see ${instead}.`
    : `${measured}: readable on both.`;
}

/** Between 1 and 21. */
export function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
