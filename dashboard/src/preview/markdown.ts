// Makes nodes of Markdown. No HTML is ever read: neither what stands in the text, nor what was made of it.
import MarkdownIt from "markdown-it";

const reader = new MarkdownIt({ html: false, linkify: true });
type Token = ReturnType<typeof reader.parse>[number];


// The elements that Markdown has words for. Others are left out, and what is in them stays.
const ELEMENTS = new Set([
  "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "em", "strong", "s", "a",
  "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "hr", "br",
]);

/** What a text in Markdown says, as nodes. */
export function nodesOf(text: string): DocumentFragment {
  const whole = document.createDocumentFragment();
  fill(whole, reader.parse(text, {}));
  return whole;
}

function fill(into: Node, tokens: Token[]): void {
  const open: Node[] = [into];
  for (const token of tokens) {
    const parent = open.at(-1) ?? into;
    if (token.nesting === 1) {
      const node = token.hidden ? null : element(token);
      // A paragraph in a tight list, or an element that is left out, hands on what is in it.
      open.push(node ? parent.appendChild(node) : parent);
    } else if (token.nesting === -1) {
      open.pop();
    } else if (token.type === "inline") {
      fill(parent, token.children ?? []);
    } else {
      parent.appendChild(leaf(token));
    }
  }
}

function element(token: Token): HTMLElement | null {
  if (!ELEMENTS.has(token.tag)) return null;
  // The page has a heading of its own above these.
  const node = document.createElement(/^h[1-5]$/.test(token.tag) ? `h${Number(token.tag[1]) + 1}` : token.tag);
  if (node instanceof HTMLAnchorElement) lead(node, String(token.attrGet("href") ?? ""));
  if (token.tag === "ol") node.setAttribute("start", String(token.attrGet("start") ?? 1));
  return node;
}

/** Lets a link lead where a browser runs nothing, into a window of its own that knows nothing of ours. */
function lead(link: HTMLAnchorElement, to: string): void {
  if (!/^(https?:|mailto:)/i.test(to)) return;
  link.href = to;
  link.rel = "noopener noreferrer nofollow";
  link.target = "_blank";
}

function leaf(token: Token): Node {
  switch (token.type) {
    case "softbreak":
      return document.createTextNode("\n");
    case "hardbreak":
      return document.createElement("br");
    case "hr":
      return document.createElement("hr");
    case "code_inline":
      return worded("code", token.content);
    case "code_block":
    case "fence": {
      const block = document.createElement("pre");
      block.append(worded("code", token.content));
      return block;
    }
    case "image":
      return picture(token);
    default:
      return document.createTextNode(token.content);
  }
}

/** A picture would be fetched from elsewhere, which tells who looks at what: it is named instead. */
function picture(token: Token): Node {
  const node = worded("span", `[${token.content || "picture"}]`);
  node.className = "picture-named";
  node.title = String(token.attrGet("src") ?? "");
  return node;
}

function worded(tag: string, text: string): HTMLElement {
  const node = document.createElement(tag);
  node.textContent = text;
  return node;
}
