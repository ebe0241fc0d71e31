// A modal sheet that is there for as long as it is drawn; Escape and the scrim close it.
import { Dialog } from "$/public/dialog.js";

export function Sheet({ title, onClose, wide, children }) {
  return (
    <Dialog open onClose={onClose} className={`dialog bot-sheet${wide ? " wide" : ""}`} aria-label={title}>
      <div className="dialog-body">
        <h2 className="dialog-title">{title}</h2>
        {children}
      </div>
    </Dialog>
  );
}
