// What the AI may make of a draft; what it was stands ready to come back.
import { useEffect, useState } from "react";
import { ask } from "$/public/api.js";

const WISHES = [
  ["correct", "Fix mistakes"],
  ["friendly", "Friendlier"],
  ["formal", "More formal"],
  ["shorter", "Shorter"],
  ["translate", "In their language"],
];
const ALONE = "Left as it is: this needs Claude.";

export function Improve({ conversation, text, write, disabled }) {
  const [busy, setBusy] = useState(false);
  const [before, setBefore] = useState("");
  const [made, setMade] = useState("");
  const [said, setSaid] = useState("");
  useEffect(() => (setBefore(""), setSaid("")), [conversation]);
  useEffect(() => {
    if (text !== made) (setBefore(""), setSaid("")); // it was written on
  }, [text]);
  const wish = async (name) => {
    setBusy(true);
    setSaid("");
    try {
      const told = await ask("POST", "/agents/write", { wish: name, text, conversation_id: conversation });
      if (told.source === "claude") {
        setMade(told.text);
        setBefore(text);
        write(told.text);
      } else {
        setMade(text);
        setSaid(ALONE);
      }
    } catch (error) {
      setMade(text);
      setSaid(error.message);
    }
    setBusy(false);
  };
  if (before) {
    return (
      <button type="button" className="mark wide-mark" onClick={() => (write(before), setBefore(""))}>
        ↶ As it was
      </button>
    );
  }
  return (
    <>
      <details className="menu">
        <summary className="mark wide-mark" title="Have the draft improved" inert={disabled || busy}>
          {busy ? "Writing…" : "✦ Improve"}
        </summary>
        <div className="menu-sheet up">
          {WISHES.map(([name, words]) => (
            <button key={name} type="button" className="menu-item" onClick={() => wish(name)}>
              {words}
            </button>
          ))}
        </div>
      </details>
      {said && <span className="small mute" role="status">{said}</span>}
    </>
  );
}
