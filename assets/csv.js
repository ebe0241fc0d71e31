// Spreadsheets as text: read into rows, written from rows.
import { download } from "$/public/download.js";

// UTF-8 or UTF-16 with its mark, else Windows' own.
export function decode(buffer) {
  const [first, second] = new Uint8Array(buffer.slice(0, 2));
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(buffer);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(buffer);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(buffer);
  } catch {
    return new TextDecoder("windows-1252").decode(buffer);
  }
}

const delimiterOf = (text) => {
  const line = text.split(/\r?\n/, 1)[0].replace(/"[^"]*"/g, "");
  const count = (sign) => line.split(sign).length;
  return [",", ";", "\t"].reduce((best, sign) => (count(sign) > count(best) ? sign : best));
};

// The rows that hold something, each with its number as a spreadsheet counts.
export function rowsOf(text) {
  const delimiter = delimiterOf(text);
  const rows = [];
  let cells = [];
  let cell = "";
  let quoted = false;
  let number = 1;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((each) => each.trim())) rows.push({ number, cells });
    [cells, cell, number] = [[], "", number + 1];
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') (cell += '"'), at++;
      else quoted = false;
    } else if (sign === '"' && !cell.trim()) [cell, quoted] = ["", true];
    else if (sign === delimiter) cells.push(cell), (cell = "");
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at++;
      endRow();
    } else cell += sign;
  }
  endRow();
  return rows;
}

const written = (cell) => `"${String(cell ?? "").replaceAll('"', '""')}"`;

export const csvOf = (rows) => rows.map((cells) => cells.map(written).join(",")).join("\n") + "\n";

export function save(name, rows) {
  const harmless = rows.map((cells) => cells.map((c) => (/^[=@|]/.test(String(c)) ? `'${c}` : c)));
  download(name, new Blob(["\ufeff", csvOf(harmless)], { type: "text/csv" }));
}
