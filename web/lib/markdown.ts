/**
 * What people write, as visitors get it: the same rules as those of the public page (`public_api/site/markdown.py`), and the same examples.
 *
 * CommonMark without raw HTML. Nothing has an attribute but lists, which say where they begin, and links, which lead only where a link may.
 */
import MarkdownIt, { type Token } from "markdown-it";

const SCHEMES = ["http:", "https:", "mailto:"];
/** Headings of the page itself around a text. */
const HEADINGS_ABOVE = 3;

// A picture would be a request to somebody else.
const commonmark = new MarkdownIt("commonmark", { html: false, breaks: true }).disable("image");
// What is fenced says no language, as nobody colours it.
const { code_block } = commonmark.renderer.rules;
if (code_block) commonmark.renderer.rules.fence = code_block;

export function toHtml(text: string): string {
  const env = {};
  const tokens = commonmark.parse(text, env);
  for (const token of tokens) {
    if (token.type === "heading_open" || token.type === "heading_close") {
      token.tag = `h${Math.min(Number(token.tag.slice(1)) + HEADINGS_ABOVE, 6)}`;
    }
    for (const each of [token, ...(token.children ?? [])]) keepLinksAlone(each);
  }
  return commonmark.renderer.render(tokens, commonmark.options, env);
}

function keepLinksAlone(token: Token): void {
  if (token.type === "ordered_list_open") return; // says where it begins, and nothing else
  const isLink = token.type === "link_open";
  const kept = (token.attrs ?? []).filter(
    ([name, value]) => isLink && (name === "title" || (name === "href" && mayLead(String(value)))),
  );
  token.attrs = isLink ? [...kept, ["rel", "nofollow noopener noreferrer"]] : null;
}

function mayLead(href: string): boolean {
  if (URL.canParse(href)) return SCHEMES.includes(new URL(href).protocol);
  return URL.canParse(href, "https://page.invalid");
}
