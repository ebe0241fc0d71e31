// The template builder: every component Meta knows, checked while one types, beside a phone.
import { useEffect, useMemo, useRef, useState } from "react";
import { Buttons } from "$/public/templates/buttons.jsx";
import { Phone } from "$/public/templates/preview.jsx";
import {
  Choice, find, kindOf, Problems, Room, TextField, withPart,
} from "$/public/templates/shared.jsx";
import { Carousel, NEW_CAROUSEL, NEW_OFFER, NEW_PASSWORD, Offer, Password } from "$/public/templates/special.jsx";
import { Body, Footer, Header } from "$/public/templates/texts.jsx";

const NOTHING = [];
const PAUSE = 250; // ms after the last key before the server is asked
const CATEGORIES = [
  ["UTILITY", "Utility: about an order or appointment"],
  ["MARKETING", "Marketing: offers and news"],
  ["AUTHENTICATION", "Authentication: one-time passwords"],
];
const SHAPES = [["plain", "Message"], ["carousel", "Carousel of cards"], ["offer", "Limited-time offer"]];

const shapeOf = (components) =>
  find(components, "CAROUSEL") ? "carousel" : find(components, "LIMITED_TIME_OFFER") ? "offer" : "plain";

function reshaped(components, shape) {
  const kept = components.filter((one) => !["CAROUSEL", "LIMITED_TIME_OFFER"].includes(kindOf(one)));
  if (shape === "carousel") return [...kept.filter((one) => kindOf(one) === "BODY"), NEW_CAROUSEL];
  if (shape === "offer") {
    return withPart(kept.filter((one) => kindOf(one) !== "FOOTER"), "LIMITED_TIME_OFFER", NEW_OFFER);
  }
  return kept;
}

function spoken(code) {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(code.replace("_", "-"));
  } catch {
    return code;
  }
}

const tidy = (name) => name.toLowerCase().replace(/[\s-]+/g, "_").slice(0, 512);

// Where each kind of component stands, as problems name it; a kind that is not there has no place.
const pathsOf = (components) =>
  Object.fromEntries(components.map((one, at) => [kindOf(one), `components[${at}]`]));

function Parts({ draft, paths, set, put }) {
  const { components, category } = draft;
  const part = (kind) => ({ component: find(components, kind), path: paths[kind] ?? kind, onChange: put(kind) });
  if (category === "AUTHENTICATION") {
    return <Password {...{ components, paths }} onChange={(next) => set({ components: next })} />;
  }
  const shape = shapeOf(components);
  return (
    <>
      <Choice
        label="Shape"
        path="shape"
        value={shape}
        options={category === "MARKETING" || shape === "offer" ? SHAPES : SHAPES.slice(0, 2)}
        onChange={(next) => set({ components: reshaped(components, next) })}
      />
      {shape !== "carousel" && <Header {...part("HEADER")} />}
      {shape === "offer" && <Offer {...part("LIMITED_TIME_OFFER")} />}
      <Body {...part("BODY")} most={shape === "offer" ? 600 : 1024} />
      {shape === "plain" && <Footer {...part("FOOTER")} />}
      {shape === "carousel" ? (
        <Carousel {...part("CAROUSEL")} />
      ) : (
        <fieldset className="stack">
          <legend>Buttons</legend>
          <Buttons {...part("BUTTONS")} />
        </fieldset>
      )}
      <Problems path="components" />
    </>
  );
}

export function TemplateBuilder({
  start, languages = NOTHING, problems = NOTHING, fixed = false, named = false, counting = "", business = "", onChange,
}) {
  const [draft, setDraft] = useState(() => JSON.parse(start || '{"components":[]}'));
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const set = (news) => {
    const next = { ...draft, ...news };
    setDraft(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onChange?.(JSON.stringify(next)), PAUSE);
  };
  const put = (kind) => (component) => set({ components: withPart(draft.components, kind, component) });
  const recategorize = (category) => {
    const other = (category === "AUTHENTICATION") !== (draft.category === "AUTHENTICATION");
    const components = category === "AUTHENTICATION" ? NEW_PASSWORD : [{ type: "BODY", text: "" }];
    set({ category, ...(other ? { components } : {}) });
  };
  const paths = useMemo(() => pathsOf(draft.components), [draft.components]);
  const room = useMemo(() => ({ problems, fixed, counting }), [problems, fixed, counting]);
  const tongues = useMemo(() => languages.map((code) => [code, `${spoken(code)} (${code})`]), [languages]);
  return (
    <Room.Provider value={room}>
      <div className="writer">
        <div className="writer-form stack">
          <Room.Provider value={{ ...room, fixed: fixed || named }}>
            <div className="pair-fields">
              <TextField label="Name" path="name" value={draft.name} placeholder="order_on_its_way" onChange={(name) => set({ name: tidy(name) })} />
              <Choice label="Language" path="language" value={draft.language ?? "en"} options={tongues} onChange={(language) => set({ language })} />
            </div>
          </Room.Provider>
          <Choice label="Category" path="category" value={draft.category ?? "UTILITY"} options={CATEGORIES} onChange={recategorize} />
          <Parts {...{ draft, paths, set, put }} />
        </div>
        <div className="writer-phone">
          <Phone components={draft.components} category={draft.category} name={business} />
        </div>
      </div>
    </Room.Provider>
  );
}
