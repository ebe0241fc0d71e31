// What a template leaves open, each with a field of its own; JSON where we do not know it.
import { useRow } from "$/public/bots/refs.jsx";
import { File } from "$/public/bots/file.jsx";
import { filled, slotsOf, valuesOf } from "$/public/bots/templates.js";
import { Json, Problems, Text } from "$/public/bots/write.jsx";

export function Filling(props) {
  const { value = [], onChange, all, path, around, found, disabled } = props;
  const template = useRow("templates", `${all.name} ${all.language}`);
  const slots = template ? slotsOf(template.components ?? []) : null;
  if (!slots) return <Json {...props} />;
  const values = valuesOf(slots, value);
  const put = (at, held) => onChange(filled(slots, values.with(at, held)));
  return (
    <fieldset className="field-list">
      <legend>{props.label}</legend>
      {!slots.length && <p className="mute">This template leaves nothing open.</p>}
      {slots.map((slot, at) =>
        typeof values[at] === "string" ? (
          <Text key={at} label={slot.label} value={values[at]} names={around.names} found={[]} disabled={disabled} onChange={(text) => put(at, text)} />
        ) : (
          <File key={at} value={values[at]} path={path} around={around} found={[]} disabled={disabled} onChange={(file) => put(at, file)} />
        ),
      )}
      <Problems found={[...found, ...around.under(path).filter((one) => !found.includes(one))]} />
    </fieldset>
  );
}
