// Messages with a link, a product or a request, and contact cards; the rest of their kinds as JSON.
import { Plus, Trash2 } from "lucide-react";
import { Json, Problems, Text } from "$/public/bots/write.jsx";

const BODY = { path: ["body", "text"], label: "Text", limit: 1024, long: true };
const FOOTER = { path: ["footer", "text"], label: "Footer", limit: 60 };
const CATALOG = { path: ["action", "catalog_id"], label: "Id of the catalogue", limit: 100, plain: true };
const KINDS = {
  cta_url: {
    label: "Button with a link",
    action: { name: "cta_url" },
    fields: [
      BODY,
      { path: ["action", "parameters", "display_text"], label: "Button", limit: 20 },
      { path: ["action", "parameters", "url"], label: "Link", limit: 2000 },
      FOOTER,
    ],
  },
  location_request_message: { label: "Asks for the place", action: { name: "send_location" }, fields: [BODY] },
  product: {
    label: "One product",
    action: {},
    fields: [CATALOG, { path: ["action", "product_retailer_id"], label: "Id of the product", limit: 100 }, { ...BODY, label: "Text, if any" }, FOOTER],
  },
  catalog_message: { label: "The catalogue", action: { name: "catalog_message" }, fields: [BODY, FOOTER] },
};

const within = (held, path) => path.reduce((one, name) => one?.[name], held);

// `held` with a text at a path; an empty one takes away what then holds nothing.
function set(held, [name, ...rest], text) {
  const inner = rest.length ? set(held?.[name], rest, text) : text || undefined;
  const { [name]: _, ...others } = held ?? {};
  const nothing = inner === undefined || (rest.length > 0 && !Object.keys(inner).length);
  return nothing ? others : { ...others, [name]: inner };
}

export function Linked(props) {
  const { value = {}, onChange, path, around, found, disabled } = props;
  const kind = KINDS[value.type] ?? (value.type ? null : KINDS.cta_url);
  const turn = (type) => onChange(type ? { ...(value.body && { body: value.body }), type, action: KINDS[type].action } : { ...value, type: "product_list" });
  return (
    <div className="stack">
      <select className="input" aria-label="What it holds" value={kind ? (value.type ?? "cta_url") : ""} disabled={disabled} onChange={(event) => turn(event.target.value)}>
        {Object.entries(KINDS).map(([type, one]) => <option key={type} value={type}>{one.label}</option>)}
        <option value="">Another, as JSON</option>
      </select>
      {!kind && <Json {...props} found={around.under(path)} />}
      {kind?.fields.map(({ path: field, ...one }) => (
        <Text key={field.join()} {...one} value={within(value, field) ?? ""} names={around.names} found={around.at([path, ...field].join("."))} disabled={disabled}
          onChange={(text) => onChange({ ...set({ ...value, action: { ...kind.action, ...value.action } }, field, text), type: value.type ?? "cta_url" })} />
      ))}
      {kind && <Problems found={found} />}
    </div>
  );
}

export function Cards({ label, value: held, onChange, path, around, disabled }) {
  const value = Array.isArray(held) ? held : [];
  const put = (place, card) => onChange(value.map((one, at) => (at === place ? card : one)));
  const named = (card, name) => ({ ...card, name: { ...card.name, formatted_name: name, first_name: name.split(" ")[0] } });
  const called = (card, phone) => ({ ...card, phones: phone ? [{ ...card.phones?.[0], phone }] : undefined });
  return (
    <fieldset className="field-list">
      <legend>{label}</legend>
      {value.map((card, place) => (
        <div key={place} className="field-item">
          <Text label="Name" value={card.name?.formatted_name ?? ""} names={around.names} found={[]} disabled={disabled} onChange={(name) => put(place, named(card, name))} />
          <Text label="Phone" value={card.phones?.[0]?.phone ?? ""} names={around.names} found={[]} disabled={disabled} placeholder="+34612345678" onChange={(phone) => put(place, called(card, phone))} />
          {!disabled && value.length > 1 && <button type="button" className="btn small" onClick={() => onChange(value.toSpliced(place, 1))}><Trash2 size={14} aria-hidden="true" /> Remove</button>}
        </div>
      ))}
      {!disabled && <button type="button" className="btn small" onClick={() => onChange([...value, { name: { formatted_name: "", first_name: "" } }])}><Plus size={14} aria-hidden="true" /> Add a card</button>}
      <Problems found={around.under(path)} />
    </fieldset>
  );
}
