// A node on the canvas: what it is, what it says, and where one can go from it.
import { memo } from "react";
import { Handle, Position } from "@xyflow/react";
import { Mark } from "$/public/bots/icons.jsx";

function Badge({ problems }) {
  if (!problems?.length) return null;
  const errors = problems.filter((one) => one.severity === "error").length;
  const words = errors
    ? `${errors} problem${errors > 1 ? "s" : ""}`
    : `${problems.length} warning${problems.length > 1 ? "s" : ""}`;
  return <span className={`chip ${errors ? "bad" : "warn"}`}>{words}</span>;
}

function Way({ way, lit, share }) {
  return (
    <div className={`step-way${way.needed ? "" : " faint"}${lit ? " lit" : ""}`}>
      <span className="clip">{way.label}</span>
      {share && <span className="number mute">{share}</span>}
      <Handle type="source" position={Position.Right} id={way.id} title={`Drag to what follows “${way.label}”`} />
    </div>
  );
}

// `data` is the same object for as long as nothing about the node changes.
export const Step = memo(function Step({ data, selected }) {
  const { node, kind, title, text, ways, used, problems, lit, figures } = data;
  const shown = ways.filter((way) => way.needed || used.has(way.id) || selected);
  const plain = shown.length === 1 && shown[0].id === "next";
  const state = `${selected ? " selected" : ""}${lit ? " lit" : ""}`;
  return (
    <div className={`step${state}`} data-type={node.type}>
      {node.type !== "start" && <Handle type="target" position={Position.Left} id="in" />}
      <div className="step-head">
        <Mark kind={kind} />
        <span className="strong clip grow" dir="auto">{title}</span>
        <Badge problems={problems} />
        {figures && <span className="number mute" title="Came here in 30 days">{figures.visits}{figures.drop && <span className="drop" title="Broke off here"> ↓{figures.drop}</span>}</span>}
      </div>
      {text && <p className="step-text" dir="auto">{text}</p>}
      {plain ? (
        <Handle type="source" position={Position.Right} id="next" title="Drag to what follows" />
      ) : (
        shown.map((way) => <Way key={way.id} way={way} lit={lit?.has(way.id)} share={figures?.shares[way.id]} />)
      )}
    </div>
  );
});
