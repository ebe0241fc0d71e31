// What people wrote, with WhatsApp's own marks and links that are safe to follow.

const EDGE = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const between = (mark) => `${EDGE}[${mark}](?=\\S)([^${mark}\\n]*[^${mark}\\s])[${mark}]${END}`;
const MARKS = new RegExp(
  [
    "```([^]+?)```",
    "`([^`\\n]+)`",
    between("*"),
    between("_"),
    between("~"),
    "(https?://[^\\s<>\"]*[^\\s<>\".,;:!?')\\]])",
    "([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)",
  ].join("|"),
  "gu",
);

const link = (href, text, key) => (
  <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" className="link">
    {text}
  </a>
);

function marked(text) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(MARKS)) {
    const [all, block, code, bold, italic, struck, url, mail] = found;
    const key = found.index;
    if (key > last) parts.push(text.slice(last, key));
    last = key + all.length;
    if (block !== undefined) parts.push(<code key={key} className="block">{block.trim()}</code>);
    else if (code !== undefined) parts.push(<code key={key}>{code}</code>);
    else if (bold !== undefined) parts.push(<b key={key}>{marked(bold)}</b>);
    else if (italic !== undefined) parts.push(<i key={key}>{marked(italic)}</i>);
    else if (struck !== undefined) parts.push(<s key={key}>{marked(struck)}</s>);
    else if (url !== undefined) parts.push(link(url, url, key));
    else parts.push(link(`mailto:${mail}`, mail, key));
  }
  if (last < text.length) parts.push(text.slice(last));
  return parts;
}

const QUOTE = /^> (.*)$/;
const BULLET = /^[*-] (.+)$/;

function line(text, key, lines) {
  const quote = QUOTE.exec(text);
  if (quote) return <span key={key} className="quoted">{marked(quote[1])}</span>;
  const bullet = BULLET.exec(text);
  if (bullet) return <span key={key} className="bullet">{marked(bullet[1])}</span>;
  const end = key < lines.length - 1 ? "\n" : "";
  return <span key={key}>{marked(text)}{end}</span>;
}

// Whole blocks first: ``` may span lines, which otherwise stand alone.
export function Said({ text, ...props }) {
  const said = text ?? "";
  const parts = said.includes("```") ? marked(said) : said.split("\n").map(line);
  return <span dir="auto" {...props} className={`said ${props.className ?? ""}`}>{parts}</span>;
}
