// A bot from a description: drafted by the agent, kept as a draft like any other.
import { useState } from "react";
import { Sparkles } from "lucide-react";
import { ask } from "$/public/api.js";

const LONGEST = 4000;
const place = (id) => `botpe.bot-said.${id}`;

// What the agent had to say about a bot it made, for the page that opens next.
export function saidOf(id) {
  try {
    return JSON.parse(sessionStorage.getItem(place(id)));
  } catch {
    return null;
  }
}

export const forgetSaid = (id) => sessionStorage.removeItem(place(id));

export function DescribeBot({ onMade }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const build = async (event) => {
    event.preventDefault();
    if (busy || !text.trim()) return;
    setBusy(true);
    setProblem("");
    try {
      const built = await ask("POST", "/agents/bot-builder", { description: text.trim() });
      const name = String(built.flow.name || text.trim().split(/[.\n]/)[0]).slice(0, 80) || "New bot";
      const made = await ask("POST", "/bots", { name, flow: built.flow });
      const { plan, questions, source } = built;
      sessionStorage.setItem(place(made.id), JSON.stringify({ plan, questions, source }));
      onMade?.(made.id);
      setText("");
    } catch (error) {
      setProblem(error.message);
    }
    setBusy(false);
  };
  return (
    <form className="describe" onSubmit={build}>
      <label htmlFor="describe-bot" className="strong">Describe it</label>
      <textarea
        id="describe-bot" className="input" rows={3} dir="auto" maxLength={LONGEST} value={text} disabled={busy}
        placeholder="Greets people who ask about tyres, asks for size and brand, tells our hours, and calls a person for anything else."
        onChange={(event) => setText(event.target.value)}
      />
      <div className="row">
        <span className={`grow small ${problem ? "error" : "mute"}`} role="status">
          {problem || (busy ? "Writing and checking it. This can take a minute." : "You get a draft to try and change.")}
        </span>
        <button className="btn solid" disabled={busy || !text.trim()}><Sparkles size={15} aria-hidden="true" /> {busy ? "Building…" : "Build it"}</button>
      </div>
    </form>
  );
}
