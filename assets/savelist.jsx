// Saves every page of a list of the API as CSV.
import { useState } from "react";
import { pages } from "$/public/api.js";
import { save } from "$/public/csv.js";

const flat = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value && typeof value === "object" ? value.title ?? JSON.stringify(value) : value ?? "",
    ]),
  );

export function SaveList({ path, name = "list" }) {
  const [said, setSaid] = useState("");
  const go = async () => {
    setSaid("Fetching…");
    try {
      const rows = [];
      for await (const page of pages(path)) {
        rows.push(...page.map(flat));
        setSaid(`${rows.length.toLocaleString()} rows…`);
      }
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
