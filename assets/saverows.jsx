// Saves rows that the page has as CSV.
import { save } from "$/public/csv.js";

export function SaveRows({ heads = [], rows = [], name = "figures" }) {
  return (
    <button type="button" className="btn small" onClick={() => save(`${name}.csv`, [heads, ...rows])}>
      Save as CSV
    </button>
  );
}
