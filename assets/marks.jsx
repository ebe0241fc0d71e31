// The buttons that put WhatsApp's own marks around what is chosen in a text.

const MARKS = [
  ["*", "Bold", "b"],
  ["_", "Italic", "i"],
  ["~", "Strike through", "s"],
];

// Writes `before` and `after` around what is chosen, which stays chosen.
export function wrap(area, write, before, after = "") {
  const { selectionStart: from, selectionEnd: to, value } = area;
  write(value.slice(0, from) + before + value.slice(from, to) + after + value.slice(to));
  requestAnimationFrame(() => {
    area.focus();
    area.setSelectionRange(from + before.length, to + before.length);
  });
}

export function Marks({ area, write, disabled = false }) {
  return MARKS.map(([mark, name, letter]) => (
    <button
      key={mark}
      type="button"
      className={`mark ${letter}`}
      title={name}
      aria-label={name}
      disabled={disabled}
      onClick={() => wrap(area.current, write, mark, mark)}
    >
      {letter.toUpperCase()}
    </button>
  ));
}
