// How the bot does with real customers: on its steps, and in sum.
import { useEffect, useState } from "react";
import { ask } from "$/public/api.js";
import { named } from "$/public/bots/told.js";

const percent = (share) => `${Math.round(100 * share)} %`;
const count = (number) => number.toLocaleString("en-GB");

// What is drawn on each step, by its id: visits, and the share that left by each way.
export function useFigures(id, shown) {
  const [found, setFound] = useState(null);
  const [stuck, setStuck] = useState([]);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!shown) return;
    ask("GET", `/analytics/bots/${id}`).then(
      (held) => setFound({ ...held, byNode: new Map(held.nodes.map((node) => [node.node_id, figure(node)])) }),
      (error) => setProblem(error.message),
    );
    ask("GET", `/bots/${id}/sessions?stuck=true&limit=20`).then((held) => setStuck(held.data), () => {});
  }, [id, shown]);
  return { found, stuck, problem };
}

function figure(node) {
  const left = Object.values(node.left_by).reduce((sum, one) => sum + one, 0);
  const shares = left ? Object.fromEntries(Object.entries(node.left_by).map(([way, times]) => [way, percent(times / left)])) : {};
  const drop = node.drop_off ? percent(node.drop_off) : "";
  return { visits: count(node.visits), drop, shares };
}

function span(seconds) {
  if (seconds === null || seconds === undefined) return "—";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

const STUCK = {
  failing: "What it has to hear fails", overdue: "Its time is long up", unanswered_call: "Nobody answered its call",
  bot_is_paused: "The bot is paused", nobody_came: "Nobody came for an hour",
};

function Stuck({ rows }) {
  if (!rows.length) return null;
  return (
    <section aria-label="Conversations that do not go on">
      <h3>Do not go on</h3>
      {rows.map((one) => (
        <a key={one.id} className="problem-row" href={`/inbox?c=${one.conversation_id}`}>
          <span className="grow clip strong" dir="auto">{one.contact}</span>
          <span className="small mute">{STUCK[one.stuck] ?? one.stuck}</span>
        </a>
      ))}
    </section>
  );
}

export function FiguresPanel({ figures, flow, kinds, onGo }) {
  const { found, stuck, problem } = figures;
  if (problem) return <p className="panel-body error">{problem}</p>;
  if (!found) return <p className="panel-body mute" aria-busy="true">Counting…</p>;
  if (!found.sessions) {
    return (
      <div className="panel-body">
        <h3>Last 30 days</h3>
        <p className="strong">No customer has talked to this bot yet.</p>
        <p className="mute">Once it answers, every step shows how many came and where they left.</p>
      </div>
    );
  }
  const nodes = new Map(flow.nodes.map((node) => [node.id, node]));
  const lost = found.nodes.filter((node) => node.dropped && nodes.has(node.node_id)).sort((a, b) => b.dropped - a.dropped).slice(0, 5);
  const asked = found.questions.filter((one) => one.asked && nodes.has(one.node_id));
  const facts = [
    ["Conversations", count(found.sessions)],
    ["Needed nobody", found.containment === null ? "—" : percent(found.containment)],
    ["Handed to a person", count(found.hand_offs)],
    ["Finished", count(found.completed)],
    ["Time to finish", span(found.time_to_finish.median)],
    ["Going on now", count(found.running)],
  ];
  return (
    <div className="panel-body">
      <h3>Last 30 days</h3>
      <dl className="bot-figures">
        {facts.map(([label, value]) => <div key={label}><dt>{label}</dt><dd className="number">{value}</dd></div>)}
      </dl>
      <Stuck rows={stuck} />
      {lost.length > 0 && <h3>Where conversations break off</h3>}
      {lost.map((node) => (
        <button key={node.node_id} type="button" className="problem-row" onClick={() => onGo(node.node_id)}>
          <span className="grow clip strong">{named(nodes.get(node.node_id), kinds)}</span>
          <span className="number">{count(node.dropped)} of {count(node.visits)}</span>
        </button>
      ))}
      {asked.length > 0 && <h3>What customers answer</h3>}
      {asked.map((one) => <Answers key={one.node_id} one={one} node={nodes.get(one.node_id)} kinds={kinds} onGo={onGo} />)}
    </div>
  );
}

function Answers({ one, node, kinds, onGo }) {
  const most = Math.max(1, ...one.answers.map((answer) => answer.times));
  return (
    <section className="answers">
      <button type="button" className="problem-row" onClick={() => onGo(one.node_id)}>
        <span className="grow clip strong">{node.name || node.data?.text || named(node, kinds)}</span>
        <span className="number mute">{count(one.answered)} of {count(one.asked)}</span>
      </button>
      <ul>
        {one.answers.slice(0, 6).map((answer, at) => (
          <li key={at}>
            <i style={{ width: `${(100 * answer.times) / most}%` }} aria-hidden="true" />
            <span className="clip">{answer.title || answer.value}</span>
            <span className="number">{count(answer.times)}</span>
          </li>
        ))}
      </ul>
      {one.not_understood > 0 && <p className="small mute">{count(one.not_understood)} times not understood</p>}
    </section>
  );
}
