// The faces and signs one writes most, put where the cursor is.
import { wrap } from "$/public/marks.jsx";

const EMOJI = (
  "😀 😄 😂 🙂 😉 😊 😍 😘 😎 🤔 😅 😇 😢 😭 😡 😱 🙏 👍 👎 👌 👏 🙌 💪 👋 🤝 ❤️ 🧡 💚 💙 🎉 🎁 ⭐ "
  + "🔥 ✨ ✅ ❌ ⚠️ ❓ ❗ 📎 📷 📞 📍 🚚 📦 💳 🛒 🕐 📅 ☀️ ☕ 🍕"
).split(" ");

export function Emoji({ area, write, disabled = false }) {
  if (disabled) return null;
  return (
    <details className="menu">
      <summary className="mark face" aria-label="Emoji" title="Emoji">☺</summary>
      <div className="menu-sheet up faces">
        {EMOJI.map((one) => (
          <button
            key={one}
            type="button"
            className="emoji"
            aria-label={one}
            onClick={() => wrap(area.current, write, one)}
          >
            {one}
          </button>
        ))}
      </div>
    </details>
  );
}
