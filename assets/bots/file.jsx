// A file to send: one that is uploaded, or a link to one.
import { useRef, useState } from "react";
import { ask } from "$/public/api.js";
import { Text } from "$/public/bots/write.jsx";

export function File({ value, onChange, path, around, found, disabled }) {
  const input = useRef(null);
  const [state, setState] = useState("");
  const upload = async (event) => {
    const [file] = event.target.files;
    event.target.value = "";
    if (!file) return;
    setState("Uploading…");
    const body = new FormData();
    body.append("file", file);
    try {
      const held = await ask("POST", "/media", body);
      const { link, ...rest } = value;
      onChange({ ...rest, id: held.id });
      setState(file.name);
    } catch (error) {
      setState(error.message);
    }
  };
  if (value.id) {
    const { id, ...rest } = value;
    return (
      <div className="row">
        <a className="link grow clip" href={`/api/media/${id}`} target="_blank" rel="noopener">{state || "Uploaded file"}</a>
        <button type="button" className="btn small" disabled={disabled} onClick={() => onChange(rest)}>Replace</button>
      </div>
    );
  }
  return (
    <div className="stack">
      <Text label="Link to a file" value={value.link ?? ""} names={around.names} found={[...found, ...around.at(`${path}link`)]} disabled={disabled} placeholder="https://…" onChange={(link) => onChange({ ...value, link: link || undefined })} />
      <div className="row">
        <input ref={input} type="file" hidden onChange={upload} aria-label="File to send" />
        <button type="button" className="btn small" disabled={disabled} onClick={() => input.current.click()}>Upload a file</button>
        <span className="mute small clip" role="status">{state}</span>
      </div>
    </div>
  );
}
