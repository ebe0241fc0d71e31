// When a bot is open, by weekday: {"mon": [["09:00", "17:00"]]}. Without any it is as the
// organization is.
import { Copy, Plus, X } from "lucide-react";
import { Problems } from "$/public/bots/write.jsx";

const DAYS = [
  ["mon", "Monday"], ["tue", "Tuesday"], ["wed", "Wednesday"], ["thu", "Thursday"],
  ["fri", "Friday"], ["sat", "Saturday"], ["sun", "Sunday"],
];
const WORKDAYS = DAYS.slice(0, 5).map(([day]) => day);
const SPAN = ["09:00", "17:00"];
const workdays = (spans) => Object.fromEntries(WORKDAYS.map((day) => [day, spans]));
const spansOf = (held) => (Array.isArray(held) ? held.filter(Array.isArray) : []);

export function Hours({ label, value, onChange, path, around, disabled }) {
  if (!value) {
    return (
      <div className="field">
        <span className="strong">{label}</span>
        <p className="help">Open when the organization is.</p>
        {!disabled && <button type="button" className="btn small" onClick={() => onChange(workdays([SPAN]))}>Set its own</button>}
      </div>
    );
  }
  const put = (day, spans) => {
    const next = { ...value, [day]: spans };
    if (!spans.length) delete next[day];
    onChange(next);
  };
  return (
    <fieldset className="field-list">
      <legend>{label}</legend>
      {DAYS.map(([day, name]) => (
        <Day key={day} name={name} spans={spansOf(value[day])} disabled={disabled} onChange={(spans) => put(day, spans)} />
      ))}
      {!disabled && (
        <div className="row wrap">
          <button type="button" className="btn small" onClick={() => onChange({ ...value, ...workdays(spansOf(value.mon)) })}><Copy size={14} aria-hidden="true" /> Monday’s until Friday</button>
          <button type="button" className="btn small" onClick={() => onChange(undefined)}>As the organization</button>
        </div>
      )}
      <Problems found={around.under(path)} />
    </fieldset>
  );
}

function Day({ name, spans, onChange, disabled }) {
  const write = (at, end, time) => onChange(spans.map((span, place) => (place === at ? span.with(end, time) : span)));
  return (
    <div className="hours-day" role="group" aria-label={name}>
      <span className="hours-name">{name.slice(0, 3)}</span>
      <div className="hours-spans">
        {!spans.length && <span className="mute">Closed</span>}
        {spans.map((span, at) => (
          <div key={at} className="row">
            {["from", "until"].map((word, end) => (
              // The end of a day is 00:00 here: such a span goes until midnight as well.
              <input key={word} type="time" className="input small-input" aria-label={`${name} ${word}`} value={span[end] === "24:00" ? "00:00" : (span[end] ?? "")} disabled={disabled} onChange={(event) => write(at, end, event.target.value)} />
            ))}
            {!disabled && <button type="button" className="tool" aria-label={`Not on ${name} from ${span[0]}`} title="Remove" onClick={() => onChange(spans.toSpliced(at, 1))}><X size={14} /></button>}
          </div>
        ))}
      </div>
      {!disabled && <button type="button" className="tool" aria-label={`Another while on ${name}`} title="Another while" onClick={() => onChange([...spans, SPAN])}><Plus size={14} /></button>}
    </div>
  );
}
