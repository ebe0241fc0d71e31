// A modal sheet that is there for as long as it is drawn; Escape and the scrim close it.
import { useEffect, useRef } from "react";

export function Sheet({ title, onClose, wide, children }) {
  const ref = useRef(null);
  useEffect(() => ref.current.showModal(), []);
  const scrim = (event) => event.target === ref.current && onClose();
  return (
    <dialog ref={ref} className={`dialog bot-sheet${wide ? " wide" : ""}`} onClose={onClose} onClick={scrim} aria-label={title}>
      <div className="dialog-body">
        <h2 className="dialog-title">{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
