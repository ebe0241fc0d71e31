// The page of one bot: palette, canvas, and beside it the step, the whole bot, problems, a phone.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ReactFlowProvider, useReactFlow } from "@xyflow/react";
import { X } from "lucide-react";
import { ChangeInWords, FirstWords } from "$/public/bots/assistant.jsx";
import { Bar } from "$/public/bots/bar.jsx";
import { Canvas } from "$/public/bots/canvas.jsx";
import { dialogueOf, keepDialogues, litByTests, TestsPanel, useTests } from "$/public/bots/dialogues.jsx";
import { Draft } from "$/public/bots/draft.js";
import { FiguresPanel, useFigures } from "$/public/bots/figures.jsx";
import { add, copy, move, paste, ways } from "$/public/bots/flow.js";
import { useKeys } from "$/public/bots/keys.js";
import { Finder, Palette, QuickAdd } from "$/public/bots/palette.jsx";
import { BotPanel, ManyPanel, ProblemList, StepPanel } from "$/public/bots/panel.jsx";
import { CONTACT, litBy, Phone, useRehearsal } from "$/public/bots/phone.jsx";
import { forgetRows } from "$/public/bots/refs.jsx";
import { Replay } from "$/public/bots/replay.jsx";
import { tidy } from "$/public/bots/tidy.js";
import { named, told } from "$/public/bots/told.js";
import { History, Publish } from "$/public/bots/versions.jsx";

const BESIDE = 320; // from one step to the next
const NARROW = 1100; // pixels of the window, below which details lie over the canvas

export function Builder(props) {
  const { bot, mayEdit, revision } = props;
  const draft = useMemo(() => new Draft(bot, mayEdit), [bot, mayEdit]);
  const state = useSyncExternalStore(draft.subscribe, draft.read, draft.read);
  useEffect(() => {
    forgetRows();
    draft.load();
    return () => draft.end();
  }, [draft]);
  useEffect(() => {
    if (revision) draft.heard(revision).catch(() => {});
  }, [revision, state.loaded]);
  useEffect(() => {
    const leaving = (event) => draft.read().saving !== "saved" && mayEdit && event.preventDefault();
    addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, [draft]);
  if (state.missing) return <Missing text={state.missing} />;
  if (!state.flow) return <Loading />;
  return <ReactFlowProvider><Desk {...props} draft={draft} state={state} /></ReactFlowProvider>;
}

const asked = () => (new URLSearchParams(location.search).get("show") === "figures" ? "figures" : "");

function Loading() {
  return (
    <div className="bones" aria-busy="true" aria-label="Opening the bot">
      <div className="bone" />
      <div className="bone card" />
      <div className="bone card" />
    </div>
  );
}

function Missing({ text }) {
  return (
    <div className="empty">
      <h2>This bot is not here</h2>
      <p className="mute">{text}</p>
      <a className="btn solid" href="/bots">To the bots</a>
    </div>
  );
}

function Desk({ draft, state, kit, mayEdit, onTell, children }) {
  const { flow, bot, problems } = state;
  const kinds = useMemo(() => Object.fromEntries(kit.kinds.map((kind) => [kind.type, kind])), [kit]);
  const [chosen, setChosen] = useState({ nodes: [], edges: [] });
  const [select, setSelect] = useState(null);
  const [side, setSide] = useState(() => asked() || (innerWidth < NARROW ? "" : "bot")); // step, problems, phone, tests, figures, "": shut
  const [sheet, setSheet] = useState(""); // publish, history, words, replay
  const [finding, setFinding] = useState(false);
  const [open, setOpen] = useState(null); // where a connection was let go
  const { getNodes, fitView, screenToFlowPosition } = useReactFlow();
  const box = useRef(null);
  const rehearsal = useRehearsal(draft, flow, side === "phone");
  const figures = useFigures(bot.id, side === "figures");
  const tests = useTests(draft, flow, bot.dialogues, mayEdit);
  const lit = useMemo(
    () => (side === "tests" ? litByTests(tests.found) : litBy(side === "phone" ? rehearsal.played : null, bot.id)),
    [rehearsal.played, tests.found, side, bot.id],
  );

  const onSelect = useCallback(({ nodes, edges }) => {
    const found = { nodes: nodes.map((node) => node.id), edges: edges.map((edge) => edge.id) };
    setChosen(found);
    if (found.nodes.length) setSide((now) => (now === "figures" ? now : "step"));
  }, []);
  const choose = (ids, show = false) => setSelect({ ids, show });
  const go = (one) => {
    if (!one.node_id) return setSide("bot");
    choose([one.node_id], true);
    setSide("step");
    setTimeout(() => box.current?.parentElement.querySelector(".builder-side .field-problems")?.scrollIntoView({ block: "center" }), 150);
  };
  const duplicate = (ids) => {
    let made = [];
    draft.change((one) => {
      const next = paste(one, copy(one, ids));
      made = next.ids;
      return made.length ? next.flow : one;
    });
    if (made.length) choose(made);
  };
  // A click on the palette puts a step behind the chosen one, else in the middle.
  const place = (kind, { position, from, handle } = {}) => {
    let at = position;
    let link = from && { from, handle };
    const last = chosen.nodes.length === 1 && flow.nodes.find((node) => node.id === chosen.nodes[0]);
    if (!at && last) {
      const taken = new Set(flow.edges.filter((edge) => edge.source === last.id).map((edge) => edge.source_handle ?? "next"));
      const free = ways(last, flow, kinds).find((way) => way.needed && !taken.has(way.id));
      at = beside(last, flow);
      link = free && { from: last.id, handle: free.id };
    }
    const frame = box.current.getBoundingClientRect();
    at ??= screenToFlowPosition({ x: frame.left + frame.width / 2 - 120, y: frame.top + frame.height / 2 - 40 });
    let id;
    draft.change((one) => {
      const made = add(one, kind, at, link || {});
      id = made.id;
      return made.flow;
    });
    choose([id]);
    setSide("step");
  };
  const turn = (name) => setSide(side === name ? "" : name);
  const keep = async (inputs, played) => {
    const held = bot.dialogues ?? [];
    const made = dialogueOf(inputs, played, CONTACT, new Set(held.map((one) => one.id)));
    if (await keepDialogues(draft, [...held, made], onTell)) setSide("tests");
  };
  const onDropped = (what) => (what.kind ? place(what.kind, what) : setOpen(what));
  const arrange = () => {
    const heights = new Map(getNodes().map((node) => [node.id, node.measured?.height ?? 120]));
    draft.change((one) => move(one, tidy(one, heights)));
    setTimeout(() => fitView({ padding: 0.15, maxZoom: 1, duration: 250 }), 80);
  };
  useKeys(draft, () => ({ flow, chosen }), mayEdit, { select: choose, find: () => setFinding(true), duplicate });

  const node = chosen.nodes.length === 1 && flow.nodes.find((one) => one.id === chosen.nodes[0]);
  const errors = problems.filter((one) => one.severity === "error").length;
  const common = { flow, kit, kinds, draft, problems, mayEdit, onSelect: choose, onDuplicate: duplicate };
  const trying = side === "phone";
  const steps = () => flow.nodes.map((one) => ({ id: one.id, kind: kinds[one.type], title: named(one, kinds), text: told(one, flow) }));
  return (
    <>
      <Bar draft={draft} state={state} mayEdit={mayEdit} trying={trying} onTry={() => setSide(trying ? "" : "phone")} onTidy={arrange} onFind={() => setFinding(true)} onHistory={() => setSheet("history")} onPublish={() => setSheet("publish")} onWords={() => setSheet("words")} onTell={onTell} />
      {state.saving === "conflict" && <Conflict draft={draft} />}
      {state.saving === "refused" && <p className="banner bad" role="alert">The server did not take this draft: {state.refusal} It is kept in this browser.</p>}
      {state.notice && <p className="banner" role="status">{state.notice}</p>}
      <div className="builder" data-side={side}>
        {mayEdit && <Palette kinds={kit.kinds} onAdd={(kind) => place(kind)} />}
        <div className="canvas" ref={box}>
          <Canvas draft={draft} flow={flow} kinds={kinds} problems={problems} lit={lit} figures={side === "figures" ? figures.found?.byNode : null} mayEdit={mayEdit} select={select} onSelect={onSelect} onOpen={() => setSide((now) => (now === "figures" ? now : "step"))} onDropped={onDropped} />
          <FirstWords id={bot.id} />
          {children}
          {mayEdit && flow.nodes.length < 2 && <p className="canvas-hint">Drag a step from the left onto the canvas, then drag from the circle of <b>Start</b> to it.</p>}
          {finding && <Finder steps={steps()} onPick={(id) => { setFinding(false); choose([id], true); }} onClose={() => setFinding(false)} />}
          <div className="canvas-foot">
            <button type="button" className="btn small" onClick={() => fitView({ padding: 0.15, maxZoom: 1, duration: 200 })}>Fit</button>
            {mayEdit && (
              <button type="button" className={`btn small ${errors ? "wrong" : ""}`} aria-pressed={side === "problems"} onClick={() => turn("problems")}>
                {problems.length ? `${problems.length} ${problems.length === 1 ? "problem" : "problems"}` : "No problems"}
              </button>
            )}
            {mayEdit && (
              <button type="button" className={`btn small ${tests.found?.failed ? "wrong" : ""}`} aria-pressed={side === "tests"} onClick={() => turn("tests")}>
                {tests.found ? `Tests ${tests.found.passed}/${tests.found.passed + tests.found.failed}` : "Tests"}
              </button>
            )}
            <button type="button" className="btn small" aria-pressed={side === "figures"} onClick={() => turn("figures")}>Figures</button>
            {mayEdit && <button type="button" className="btn small" onClick={() => setSheet("replay")}>Replay</button>}
            <button type="button" className="btn small" aria-pressed={side === "bot"} onClick={() => { choose([]); setSide("bot"); }}>Whole bot</button>
          </div>
        </div>
        {side && (
          <aside className="builder-side" aria-label="Details">
            <button type="button" className="tool side-close" aria-label="Close details" onClick={() => setSide("")}><X size={16} /></button>
            {side === "step" && node && <StepPanel key={node.id} node={node} {...common} />}
            {side === "step" && chosen.nodes.length > 1 && <ManyPanel ids={chosen.nodes} {...common} />}
            {(side === "bot" || (side === "step" && !chosen.nodes.length)) && <BotPanel {...common} />}
            {side === "problems" && <ProblemList problems={problems} flow={flow} kinds={kinds} onGo={go} />}
            {trying && <Phone id={bot.id} name={bot.name} flow={flow} rehearsal={rehearsal} onGo={(id) => go({ node_id: id })} onKeep={keep} />}
            {side === "tests" && <TestsPanel draft={draft} state={state} tests={tests} mayEdit={mayEdit} onTell={onTell} onTry={() => setSide("phone")} />}
            {side === "figures" && <FiguresPanel figures={figures} flow={flow} kinds={kinds} onGo={(id) => choose([id], true)} />}
          </aside>
        )}
      </div>
      {open && <QuickAdd kinds={kit.kinds} at={open} onPick={(kind) => { setOpen(null); place(kind, open); }} onClose={() => setOpen(null)} />}
      {sheet === "publish" && <Publish draft={draft} state={state} kinds={kinds} onClose={() => setSheet("")} onGo={go} onTell={onTell} onReplay={() => setSheet("replay")} />}
      {sheet === "words" && <ChangeInWords bot={bot.id} draft={draft} state={state} kinds={kinds} onClose={() => setSheet("")} onTaken={(ids) => choose(ids, true)} />}
      {sheet === "replay" && <Replay id={bot.id} flow={flow} onClose={() => setSheet("")} onGo={(id) => { setSheet(""); go({ node_id: id }); }} />}
      {sheet === "history" && <History draft={draft} state={state} kinds={kinds} mayEdit={mayEdit} onClose={() => setSheet("")} onTell={onTell} />}
    </>
  );
}

// To the right of a step, below whatever lies there already.
function beside({ position }, flow) {
  const x = position.x + BESIDE;
  const near = flow.nodes.filter((node) => Math.abs(node.position.x - x) < 200 && node.position.y >= position.y - 60);
  return { x, y: near.reduce((low, node) => Math.max(low, node.position.y + 170), position.y) };
}

function Conflict({ draft }) {
  const [problem, setProblem] = useState("");
  const act = (choice) => choice.catch((error) => setProblem(error.message));
  return (
    <div className="banner bad" role="alert">
      <span className="grow">Somebody else has changed this bot since you loaded it. Nothing is overwritten until you choose. {problem}</span>
      <button type="button" className="btn small" onClick={() => act(draft.theirs())}>Take theirs</button>
      <button type="button" className="btn small" onClick={() => act(draft.mine())}>Keep mine</button>
    </div>
  );
}
