// A phone that shows a template as a customer gets it, with the samples in its places.
import { Said } from "$/public/said.jsx";
import { filled, find, isOurs, kindOf, samplesOf } from "$/public/templates/shared.jsx";

const MARKS = {
  QUICK_REPLY: "↩", URL: "↗", PHONE_NUMBER: "✆", COPY_CODE: "❏", FLOW: "▤", CATALOG: "▦",
  MPM: "▦", SPM: "▦", VOICE_CALL: "✆", ORDER_DETAILS: "▤", OTP: "❏", APP: "↗",
};
const NAMES = {
  COPY_CODE: "Copy code", CALL_PERMISSION_REQUEST: "Choose preference",
  REQUEST_CONTACT_INFO: "Share phone number", OTP: "Copy code",
};
const FILES = { IMAGE: "Image", VIDEO: "Video", DOCUMENT: "Document", GIF: "GIF", LOCATION: "Place", PRODUCT: "Product" };

function Head({ header }) {
  const format = (header.format ?? "").toUpperCase();
  if (format === "TEXT") {
    return <strong className="shown-head" dir="auto">{filled(header.text, samplesOf(header, "header"))}</strong>;
  }
  const sample = header.example?.header_handle?.[0];
  if (format === "IMAGE" && isOurs(sample)) {
    return <img className="shown-file image" src={`/api/media/${sample}`} alt="The sample of the header" />;
  }
  return <span className={`shown-file ${format.toLowerCase()}`}>{FILES[format] ?? format}</span>;
}

function Foot({ buttons, most = 3 }) {
  const shown = buttons.length > most ? buttons.slice(0, most - 1) : buttons;
  return (
    <>
      {shown.map((button, at) => {
        const kind = (button.type ?? "").toUpperCase();
        return (
          <span key={at} className="shown-button">
            {MARKS[kind] && <span aria-hidden="true">{MARKS[kind]} </span>}
            {button.text || NAMES[kind] || "…"}
          </span>
        );
      })}
      {buttons.length > most && <span className="shown-button">☰ See all options</span>}
    </>
  );
}

function Bubble({ components, category }) {
  const part = (kind) => find(components, kind);
  const [header, body, footer, offer] = ["HEADER", "BODY", "FOOTER", "LIMITED_TIME_OFFER"].map(part);
  const password = category === "AUTHENTICATION";
  const said = password
    ? `*123456* is your verification code.${body?.add_security_recommendation ? " For your security, do not share this code." : ""}`
    : filled(body?.text, samplesOf(body, "body"));
  const minutes = footer?.code_expiration_minutes;
  const small = password ? minutes && `This code expires in ${minutes} minutes.` : footer?.text;
  return (
    <div className="shown-bubble">
      {header && <Head header={header} />}
      {offer && (
        <span className="shown-offer">
          <strong>{offer.limited_time_offer?.text || "…"}</strong>
          {offer.limited_time_offer?.has_expiration && <span className="small">Offer ends in 23:59:59</span>}
        </span>
      )}
      {said ? <Said text={said} className="shown-body" /> : <span className="mute">Your words appear here.</span>}
      {small && <span className="small mute">{small}</span>}
      <span className="small mute shown-time">10:24</span>
      <Foot buttons={part("BUTTONS")?.buttons ?? []} />
    </div>
  );
}

function Cards({ cards }) {
  return (
    <div className="shown-cards" tabIndex={0} role="group" aria-label="Cards">
      {cards.map((card, at) => (
        <div key={at} className="shown-bubble">
          {(card.components ?? []).map((part) =>
            kindOf(part) === "HEADER" ? <Head key="head" header={part} />
            : kindOf(part) === "BODY" ? <Said key="body" text={filled(part.text, samplesOf(part, "body"))} className="shown-body" />
            : <Foot key="foot" buttons={part.buttons ?? []} />,
          )}
        </div>
      ))}
    </div>
  );
}

export function Phone({ components, category, name = "" }) {
  const carousel = find(components, "CAROUSEL");
  return (
    <div className="phone-shown" aria-label="How a customer sees it" role="region">
      <div className="phone-top"><span className="phone-dot" aria-hidden="true" />{name || "Your business"}</div>
      <div className="phone-paper">
        <Bubble {...{ components, category }} />
        {carousel && <Cards cards={carousel.cards ?? []} />}
      </div>
    </div>
  );
}

// The same for what the server holds as JSON.
export function TemplatePhone({ said = "[]", category = "", name = "" }) {
  return <Phone components={JSON.parse(said || "[]")} {...{ category, name }} />;
}
