// Templates of special kinds: carousels, limited-time offers, one-time passwords.
import { Buttons } from "$/public/templates/buttons.jsx";
import { Body, Header } from "$/public/templates/texts.jsx";
import { Choice, find, Problems, Remove, TextField, useFixed, withPart } from "$/public/templates/shared.jsx";

const CARD_HEADERS = [["IMAGE", "Image"], ["VIDEO", "Video"], ["PRODUCT", "Product"]];
const CARD = {
  components: [
    { type: "HEADER", format: "IMAGE" },
    { type: "BODY", text: "" },
    { type: "BUTTONS", buttons: [{ type: "QUICK_REPLY", text: "" }] },
  ],
};

export const NEW_CAROUSEL = { type: "CAROUSEL", cards: [CARD, CARD] };
export const NEW_OFFER = { type: "LIMITED_TIME_OFFER", limited_time_offer: { text: "", has_expiration: true } };
export const NEW_PASSWORD = [
  { type: "BODY", add_security_recommendation: true },
  { type: "FOOTER", code_expiration_minutes: 10 },
  { type: "BUTTONS", buttons: [{ type: "OTP", otp_type: "COPY_CODE", text: "Copy code" }] },
];

function Card({ card, path, place, onChange, onRemove }) {
  const parts = card.components ?? [];
  const set = (kind) => (part) => onChange({ ...card, components: withPart(parts, kind, part) });
  return (
    <li className="part-card">
      <div className="row">
        <strong className="grow">Card {place + 1}</strong>
        {onRemove && <Remove label={`Remove card ${place + 1}`} onClick={onRemove} />}
      </div>
      <Header component={find(parts, "HEADER")} path={`${path}.HEADER`} formats={CARD_HEADERS} onChange={set("HEADER")} />
      <Body component={find(parts, "BODY")} path={`${path}.BODY`} most={160} label="Text" onChange={set("BODY")} />
      <Buttons
        component={find(parts, "BUTTONS")}
        path={`${path}.BUTTONS`}
        most={2}
        kinds={["QUICK_REPLY", "URL", "PHONE_NUMBER"]}
        onChange={set("BUTTONS")}
      />
      <Problems path={path} />
    </li>
  );
}

export function Carousel({ component, path, onChange }) {
  const fixed = useFixed();
  const cards = component.cards ?? [];
  const put = (next) => onChange({ ...component, cards: next });
  return (
    <div className="stack">
      <ul className="stack">
        {cards.map((card, at) => (
          <Card
            key={at}
            card={card}
            place={at}
            path={`${path}.cards[${at}]`}
            onChange={(next) => put(cards.map((one, place) => (place === at ? next : one)))}
            onRemove={cards.length > 2 ? () => put(cards.filter((_, place) => place !== at)) : null}
          />
        ))}
      </ul>
      <Problems path={`${path}.cards`} />
      <Problems path={path} />
      {!fixed && cards.length < 10 && (
        <button
          type="button"
          className="btn small add-part"
          onClick={() => put([...cards, JSON.parse(JSON.stringify(cards.at(-1) ?? CARD))])}
        >
          + Card, like the last one
        </button>
      )}
    </div>
  );
}

export function Offer({ component, path, onChange }) {
  const offer = component.limited_time_offer ?? {};
  const fixed = useFixed();
  const set = (news) => onChange({ ...component, limited_time_offer: { ...offer, ...news } });
  return (
    <>
      <TextField
        label="The offer in two words"
        path={`${path}.limited_time_offer.text`}
        value={offer.text}
        most={16}
        placeholder="Ends today"
        onChange={(text) => set({ text })}
      />
      <label className="row check-line">
        <input type="checkbox" checked={Boolean(offer.has_expiration)} disabled={fixed} onChange={(e) => set({ has_expiration: e.target.checked })} />
        Show how much time is left
      </label>
      <Problems path={path} />
    </>
  );
}

function Apps({ button, path, set }) {
  const apps = button.supported_apps ?? [];
  const put = (next) => set({ supported_apps: next });
  const change = (at, news) => put(apps.map((app, place) => (place === at ? { ...app, ...news } : app)));
  return (
    <>
      {apps.map((app, at) => (
        <div key={at} className="part-card">
          <TextField label="Package" path={`${path}[${at}].package_name`} value={app.package_name} placeholder="com.example.app" onChange={(package_name) => change(at, { package_name })} />
          <TextField label="Hash of its signing key" path={`${path}[${at}].signature_hash`} value={app.signature_hash} onChange={(signature_hash) => change(at, { signature_hash })} />
          <Remove label="Remove this app" onClick={() => put(apps.filter((_, place) => place !== at))} />
        </div>
      ))}
      <Problems path={path} />
      <button type="button" className="btn small add-part" onClick={() => put([...apps, { package_name: "", signature_hash: "" }])}>
        + Android app
      </button>
    </>
  );
}

export function Password({ components, paths, onChange }) {
  const fixed = useFixed();
  const body = find(components, "BODY") ?? { type: "BODY" };
  const footer = find(components, "FOOTER");
  const buttons = find(components, "BUTTONS") ?? { type: "BUTTONS", buttons: [] };
  const button = buttons.buttons?.[0] ?? { type: "OTP", otp_type: "COPY_CODE" };
  const put = (kind) => (part) => onChange(withPart(components, kind, part));
  const set = (news) => put("BUTTONS")({ ...buttons, buttons: [{ ...button, ...news }] });
  const place = `${paths.BUTTONS}.buttons[0]`;
  const minutes = footer?.code_expiration_minutes ?? "";
  return (
    <>
      <p className="help">Meta writes the text of one-time passwords itself, in every language.</p>
      <label className="row check-line">
        <input
          type="checkbox"
          checked={Boolean(body.add_security_recommendation)}
          disabled={fixed}
          onChange={(event) => put("BODY")({ ...body, add_security_recommendation: event.target.checked })}
        />
        Add “For your security, do not share this code”
      </label>
      <Problems path={`${paths.BODY}.text`} />
      <TextField
        label="The code lasts, in minutes"
        path={`${paths.FOOTER}.code_expiration_minutes`}
        value={String(minutes)}
        inputMode="numeric"
        placeholder="It does not say"
        onChange={(value) => {
          const whole = Number.parseInt(value, 10);
          put("FOOTER")(Number.isNaN(whole) ? null : { type: "FOOTER", code_expiration_minutes: whole });
        }}
      />
      <Choice
        label="How the code gets into the app"
        path={`${place}.otp_type`}
        value={button.otp_type ?? "COPY_CODE"}
        options={[["COPY_CODE", "The customer copies it"], ["ONE_TAP", "One tap fills it in"], ["ZERO_TAP", "It is filled in by itself"]]}
        onChange={(otp_type) => set({ otp_type })}
      />
      <TextField label="Text of the button" path={`${place}.text`} value={button.text} most={25} onChange={(text) => set({ text })} />
      {button.otp_type && button.otp_type !== "COPY_CODE" && <Apps button={button} path={`${place}.supported_apps`} set={set} />}
      {button.otp_type === "ZERO_TAP" && (
        <label className="row check-line">
          <input type="checkbox" checked={Boolean(button.zero_tap_terms_accepted)} onChange={(e) => set({ zero_tap_terms_accepted: e.target.checked })} />
          We accept Meta’s terms of zero-tap
        </label>
      )}
      <Problems path={`${place}.zero_tap_terms_accepted`} />
      <Problems path={`${paths.BUTTONS}.buttons`} />
    </>
  );
}
