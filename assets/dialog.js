// A native modal dialog that follows a variable: focus stays inside, Escape and the scrim close it.
import { createElement, useEffect, useRef } from "react";

export function Dialog({ open, onClose, children, ...props }) {
  const ref = useRef(null);
  useEffect(() => {
    const dialog = ref.current;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  const closed = () => open && onClose?.();
  const scrim = (event) => event.target === ref.current && ref.current.close();
  return createElement("dialog", { ...props, ref, onClose: closed, onClick: scrim }, children);
}
