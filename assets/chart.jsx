// Charts one can read: axes with round numbers, values under the pointer or the arrow keys, and the
// same as a table for whoever would rather read one.
import { useId, useLayoutEffect, useRef, useState } from "react";

const HEIGHT = 220;
const PAD = { top: 10, right: 8, bottom: 22, left: 44 };
const NOTHING = [];

// A round number at or above the highest value, and the steps up to it.
function scale(highest) {
  if (highest <= 4) return { top: 4, steps: [0, 1, 2, 3, 4] };
  const rough = highest / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((each) => each * power).find((each) => each * 4 >= highest);
  const whole = step < 1 ? 1 : step;
  return { top: whole * 4, steps: [0, 1, 2, 3, 4].map((each) => each * whole) };
}

const short = (value) =>
  value >= 1e6 ? `${+(value / 1e6).toFixed(1)}M` : value >= 1e4 ? `${+(value / 1e3).toFixed(1)}k` : value.toLocaleString();

function useWidth(fallback) {
  const ref = useRef(null);
  const [width, setWidth] = useState(fallback);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(entry.contentRect.width, 200)));
    watch.observe(ref.current);
    return () => watch.disconnect();
  }, []);
  return [ref, width];
}

function Axes({ steps, x, y, labels, width }) {
  const every = Math.max(1, Math.ceil(labels.length / Math.max(2, Math.floor(width / 74))));
  return (
    <g aria-hidden="true">
      {steps.map((step) => (
        <g key={step}>
          <line className={step ? "grid" : "ground"} x1={PAD.left} x2={width - PAD.right} y1={y(step)} y2={y(step)} />
          <text className="axis-text" x={PAD.left - 8} y={y(step) + 4} textAnchor="end">{short(step)}</text>
        </g>
      ))}
      {labels.map((label, at) =>
        at % every === 0 ? (
          <text key={at} className="axis-text" x={x(at)} y={HEIGHT - 6} textAnchor="middle">{label}</text>
        ) : null,
      )}
    </g>
  );
}

function Bars({ series, x, y, slot }) {
  const wide = Math.max(1.5, Math.min(22, (slot * 0.72) / series.length));
  return series.map((one, place) =>
    one.values.map((value, at) => (
      <rect
        key={`${place}-${at}`}
        className={`mark-${one.tone}`}
        x={x(at) + (place - series.length / 2) * wide + 0.5}
        y={y(value)}
        width={Math.max(wide - 1, 1)}
        height={Math.max(y(0) - y(value), 0)}
        rx={Math.min(3, wide / 3)}
      />
    )),
  );
}

function Lines({ series, x, y }) {
  return series.map((one, place) => (
    <g key={place}>
      <polyline
        className={`line-${one.tone}`}
        points={one.values.map((value, at) => `${x(at)},${y(value)}`).join(" ")}
      />
    </g>
  ));
}

function Tip({ at, x, labels, series, width, unit }) {
  const side = x(at) > width / 2 ? { right: width - x(at) + 12 } : { left: x(at) + 12 };
  return (
    <div className="chart-tip" style={side}>
      <strong>{labels[at]}</strong>
      {series.map((one) => (
        <span key={one.name} className="row">
          <i className={`key key-${one.tone}`} />
          <span className="grow">{one.name}</span>
          <b className="number">{(one.values[at] ?? 0).toLocaleString()}{unit}</b>
        </span>
      ))}
    </div>
  );
}

function Table({ title, labels, series, unit }) {
  return (
    <details className="chart-table">
      <summary className="small mute">As a table</summary>
      <div className="table-box">
        <table className="table">
          <caption className="unseen">{title}</caption>
          <thead>
            <tr><th scope="col">Day</th>{series.map((one) => <th key={one.name} scope="col" className="n">{one.name}</th>)}</tr>
          </thead>
          <tbody>
            {labels.map((label, at) => (
              <tr key={at}>
                <th scope="row">{label}</th>
                {series.map((one) => <td key={one.name} className="n">{(one.values[at] ?? 0).toLocaleString()}{unit}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

// `series` are {name, tone, values}; tone is in, out, third or before.
export function Chart({ title = "", labels = NOTHING, series = NOTHING, kind = "bars", unit = "" }) {
  const [box, width] = useWidth(640);
  const [at, setAt] = useState(-1);
  const hint = useId();
  const highest = Math.max(0, ...series.flatMap((one) => one.values));
  const { top, steps } = scale(highest);
  const slot = (width - PAD.left - PAD.right) / Math.max(labels.length, 1);
  const x = (place) => PAD.left + slot * (place + 0.5);
  const y = (value) => PAD.top + (HEIGHT - PAD.top - PAD.bottom) * (1 - value / top);
  const point = (event) => {
    const left = event.clientX - box.current.getBoundingClientRect().left;
    setAt(Math.min(Math.max(Math.floor((left - PAD.left) / slot), 0), labels.length - 1));
  };
  const key = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step || !labels.length) return;
    event.preventDefault();
    setAt((now) => Math.min(Math.max(now + step, 0), labels.length - 1));
  };
  const spoken = at >= 0 && labels[at]
    ? `${labels[at]}: ${series.map((one) => `${one.values[at]?.toLocaleString()}${unit} ${one.name}`).join(", ")}`
    : "";
  return (
    <figure className="chart-figure">
      <div className="row wrap chart-keys">
        {series.map((one) => (
          <span key={one.name} className="small mute row"><i className={`key key-${one.tone}`} />{one.name}</span>
        ))}
      </div>
      <div
        ref={box}
        className="chart-box"
        tabIndex={0}
        role="group"
        aria-label={title}
        aria-describedby={hint}
        onPointerMove={point}
        onPointerLeave={() => setAt(-1)}
        onKeyDown={key}
        onBlur={() => setAt(-1)}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          {at >= 0 && <rect className="chart-here" x={x(at) - slot / 2} y={PAD.top} width={slot} height={HEIGHT - PAD.top - PAD.bottom} />}
          <Axes {...{ steps, x, y, labels, width }} />
          {kind === "lines" ? <Lines {...{ series, x, y }} /> : <Bars {...{ series, x, y, slot }} />}
          {kind === "lines" && at >= 0 && series.map((one) => (
            <circle key={one.name} className={`mark-${one.tone}`} cx={x(at)} cy={y(one.values[at] ?? 0)} r="4" />
          ))}
        </svg>
        {at >= 0 && labels[at] && <Tip {...{ at, x, labels, series, width, unit }} />}
      </div>
      <span id={hint} className="unseen">Arrow keys read the values.</span>
      <span className="unseen" aria-live="polite">{spoken}</span>
      <Table {...{ title, labels, series, unit }} />
    </figure>
  );
}

const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

// `rows` are seven days of 24 counts.
export function Heat({ title = "", rows = NOTHING }) {
  const highest = Math.max(1, ...rows.flat());
  return (
    <div className="table-box">
      <table className="heat">
        <caption className="unseen">{title}</caption>
        <thead>
          <tr>
            <td />
            {Array.from({ length: 24 }, (_, hour) => <th key={hour} scope="col" className="small mute">{hour % 3 ? "" : hour}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((counts, day) => (
            <tr key={day}>
              <th scope="row" className="small mute">{DAYS[day]}</th>
              {counts.map((count, hour) => (
                <td
                  key={hour}
                  title={`${DAYS[day]} ${hour}:00, ${count.toLocaleString()}`}
                  style={{ "--heat": `${Math.round((100 * count) / highest)}%` }}
                >
                  <span className="unseen">{count}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
