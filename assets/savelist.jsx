// Saves every page of a list of the API as CSV.
import { useState } from "react";
import { save } from "$/public/csv.js";

const MOST = 200; // rows a page

const flat = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value && typeof value === "object" ? value.title ?? JSON.stringify(value) : value ?? "",
    ]),
  );

async function pages(path, told) {
  const rows = [];
  let cursor = "";
  do {
    const answer = await fetch(`/api${path}?limit=${MOST}${cursor}`);
    if (!answer.ok) throw new Error(answer.status);
    const page = await answer.json();
    rows.push(...page.data.map(flat));
    told(rows.length);
    cursor = page.next ? `&cursor=${encodeURIComponent(page.next)}` : "";
  } while (cursor);
  return rows;
}

export function SaveList({ path, name = "list" }) {
  const [said, setSaid] = useState("");
  const go = async () => {
    setSaid("Fetching…");
    try {
      const rows = await pages(path, (count) => setSaid(`${count.toLocaleString()} rows…`));
      const heads = Object.keys(rows[0] ?? {});
      save(`${name || "list"}.csv`, [heads, ...rows.map((row) => heads.map((head) => row[head]))]);
      setSaid("");
    } catch {
      setSaid("It could not be fetched. Try again.");
    }
  };
  return (
    <>
      <span className="small mute" role="status">{said}</span>
      <button type="button" className="btn small" onClick={go}>Save as CSV</button>
    </>
  );
}

// The same for rows the page has already.
export function SaveRows({ heads = [], rows = [], name = "figures" }) {
  return (
    <button type="button" className="btn small" onClick={() => save(`${name}.csv`, [heads, ...rows])}>
      Save as CSV
    </button>
  );
}
