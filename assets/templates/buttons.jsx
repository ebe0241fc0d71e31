// The buttons of a template, every kind of them.
import { Problems, Remove, TextField, useCounting, useFixed } from "$/public/templates/shared.jsx";

const KINDS = {
  QUICK_REPLY: ["Quick reply", { text: "" }],
  URL: ["Web address", { text: "", url: "https://" }],
  PHONE_NUMBER: ["Call a number", { text: "", phone_number: "" }],
  COPY_CODE: ["Copy a code", { example: [""] }],
  FLOW: ["Open a flow", { text: "", flow_id: "" }],
  CATALOG: ["Catalogue", { text: "View catalogue" }],
  MPM: ["Several products", { text: "View items" }],
  SPM: ["One product", { text: "View" }],
  VOICE_CALL: ["Call on WhatsApp", { text: "Call us" }],
  ORDER_DETAILS: ["Order details", { text: "Review and pay" }],
  CALL_PERMISSION_REQUEST: ["Ask to call", {}],
  REQUEST_CONTACT_INFO: ["Ask for their number", {}],
  APP: ["Open an app", { text: "" }],
};
const UNLABELLED = new Set(["COPY_CODE", "CALL_PERMISSION_REQUEST", "REQUEST_CONTACT_INFO"]);

function Details({ button, kind, path, set }) {
  const counting = useCounting();
  const fixed = useFixed();
  if (kind === "URL") {
    const counts = Boolean(counting) && button.url === counting;
    const count = (on) =>
      set(on ? { url: counting, example: [counting.replace("{{1}}", "sample")] } : { url: "https://", example: undefined });
    return (
      <>
        {counting && (
          <label className="tick-row">
            <input type="checkbox" className="tick-box" checked={counts} disabled={fixed} onChange={(event) => count(event.target.checked)} />
            <span className="grow who">
              <span>Count who opens it</span>
              <span className="help">The button leads here first; each campaign says where it leads on to.</span>
            </span>
          </label>
        )}
        {!counts && (
        <TextField
          label="Web address"
          path={`${path}.url`}
          value={button.url}
          inputMode="url"
          help="{{1}} at its end stands for what differs from customer to customer."
          onChange={(url) => set({ url, ...(url.includes("{{") ? {} : { example: undefined }) })}
        />
        )}
        {!counts && (button.url ?? "").includes("{{") && (
          <TextField
            label="Sample of the whole address"
            path={`${path}.example`}
            value={button.example?.[0]}
            onChange={(value) => set({ example: [value] })}
          />
        )}
      </>
    );
  }
  if (kind === "PHONE_NUMBER") {
    return (
      <TextField
        label="Phone number"
        path={`${path}.phone_number`}
        value={button.phone_number}
        inputMode="tel"
        placeholder="+15550783881"
        onChange={(phone_number) => set({ phone_number })}
      />
    );
  }
  if (kind === "COPY_CODE") {
    return (
      <TextField
        label="Sample of the code"
        path={`${path}.example`}
        value={button.example?.[0]}
        most={20}
        onChange={(value) => set({ example: [value] })}
      />
    );
  }
  if (kind === "FLOW") {
    return (
      <TextField label="Flow's id" path={`${path}.flow_id`} value={button.flow_id} onChange={(flow_id) => set({ flow_id })} />
    );
  }
  return null;
}

function Button({ button, path, onChange, onRemove, onUp }) {
  const kind = (button.type ?? "").toUpperCase();
  const fixed = useFixed();
  const set = (news) => onChange(JSON.parse(JSON.stringify({ ...button, ...news })));
  return (
    <li className="part-card">
      <div className="row">
        <strong className="grow small">{KINDS[kind]?.[0] ?? kind}</strong>
        {onUp && !fixed && (
          <button type="button" className="btn quiet square small" aria-label="Move up" title="Move up" onClick={onUp}>↑</button>
        )}
        <Remove label="Remove this button" onClick={onRemove} />
      </div>
      {!UNLABELLED.has(kind) && (
        <TextField label="Text" path={`${path}.text`} value={button.text} most={25} onChange={(text) => set({ text })} />
      )}
      <Details {...{ button, kind, path, set }} />
      <Problems path={`${path}.type`} />
    </li>
  );
}

export function Buttons({ component, path, onChange, most = 10, kinds = Object.keys(KINDS) }) {
  const fixed = useFixed();
  const buttons = component?.buttons ?? [];
  const put = (next) => onChange(next.length ? { ...component, type: "BUTTONS", buttons: next } : null);
  const up = (at) => put(buttons.map((one, place) => ({ [at - 1]: buttons[at], [at]: buttons[at - 1] })[place] ?? one));
  return (
    <div className="stack">
      <ul className="stack">
        {buttons.map((button, at) => (
          <Button
            key={at}
            button={button}
            path={`${path}.buttons[${at}]`}
            onChange={(next) => put(buttons.map((one, place) => (place === at ? next : one)))}
            onRemove={() => put(buttons.filter((_, place) => place !== at))}
            onUp={at ? () => up(at) : null}
          />
        ))}
      </ul>
      <Problems path={`${path}.buttons`} />
      <Problems path={path} />
      {!fixed && buttons.length < most && (
        <select
          className="input small add-part"
          aria-label="Add a button"
          value=""
          onChange={(event) => put([...buttons, { type: event.target.value, ...KINDS[event.target.value][1] }])}
        >
          <option value="">+ Button</option>
          {kinds.map((kind) => <option key={kind} value={kind}>{KINDS[kind][0]}</option>)}
        </select>
      )}
    </div>
  );
}
