// What people wrote, with WhatsApp's own marks and links that are safe to follow.

const NOBODY = [];
const EDGE = "(?<![\\p{L}\\p{N}])";
const END = "(?![\\p{L}\\p{N}])";
const between = (mark) => `${EDGE}[${mark}](?=\\S)([^${mark}\\n]*[^${mark}\\s])[${mark}]${END}`;
const PATTERNS = [
  "```([^]+?)```",
  "`([^`\\n]+)`",
  between("*"),
  between("_"),
  between("~"),
  "(https?://[^\\s<>\"]*[^\\s<>\".,;:!?')\\]])",
  "([\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+)",
];
const MARKS = new RegExp(PATTERNS.join("|"), "gu");

// With the names to bring out, the longest first.
function withNames(names) {
  if (!names.length) return MARKS;
  const spelled = [...names].sort((a, b) => b.length - a.length);
  const either = spelled.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|");
  return new RegExp([...PATTERNS, `(?<![\\w@])(${either})${END}`].join("|"), "gu");
}

const link = (href, text, key) => (
  <a key={key} href={href} target="_blank" rel="noopener noreferrer nofollow" className="link">
    {text}
  </a>
);

function marked(text, marks) {
  const parts = [];
  let last = 0;
  for (const found of text.matchAll(marks)) {
    const [all, block, code, bold, italic, struck, url, mail, name] = found;
    const key = found.index;
    if (key > last) parts.push(text.slice(last, key));
    last = key + all.length;
    if (block !== undefined) parts.push(<code key={key} className="block">{block.trim()}</code>);
    else if (code !== undefined) parts.push(<code key={key}>{code}</code>);
    else if (bold !== undefined) parts.push(<b key={key}>{marked(bold, marks)}</b>);
    else if (italic !== undefined) parts.push(<i key={key}>{marked(italic, marks)}</i>);
    else if (struck !== undefined) parts.push(<s key={key}>{marked(struck, marks)}</s>);
    else if (url !== undefined) parts.push(link(url, url, key));
    else if (name !== undefined) parts.push(<span key={key} className="mention">{name}</span>);
    else parts.push(link(`mailto:${mail}`, mail, key));
  }
  if (last < text.length) parts.push(text.slice(last));
  return parts;
}

const QUOTE = /^> (.*)$/;
const BULLET = /^[*-] (.+)$/;

function line(text, key, lines, marks) {
  const quote = QUOTE.exec(text);
  if (quote) return <span key={key} className="quoted">{marked(quote[1], marks)}</span>;
  const bullet = BULLET.exec(text);
  if (bullet) return <span key={key} className="bullet">{marked(bullet[1], marks)}</span>;
  const end = key < lines.length - 1 ? "\n" : "";
  return <span key={key}>{marked(text, marks)}{end}</span>;
}

// Whole blocks first: ``` may span lines, which otherwise stand alone.
export function Said({ text, names = NOBODY, ...props }) {
  const said = text ?? "";
  const marks = withNames(names);
  const lines = () => said.split("\n").map((one, key, all) => line(one, key, all, marks));
  const parts = said.includes("```") ? marked(said, marks) : lines();
  return <span dir="auto" {...props} className={`said ${props.className ?? ""}`}>{parts}</span>;
}
