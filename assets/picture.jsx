// Chooses a picture and uploads it; whoever asked for it is told the file's id.
import { useRef, useState } from "react";
import { ask } from "$/public/api.js";

const LARGEST = 5 * 2 ** 20;

export function PictureButton({ problem, onFile }) {
  const input = useRef(null);
  const [state, setState] = useState({});
  const upload = async (file) => {
    if (!file) return;
    if (file.size > LARGEST) return setState({ problem: "A picture has at most 5 MB." });
    setState({ busy: true });
    const form = new FormData();
    form.append("file", file, file.name);
    try {
      onFile((await ask("POST", "/media", form)).id);
      setState({});
    } catch (refused) {
      setState({ problem: refused.message });
    }
  };
  return (
    <span className="who">
      <input
        ref={input}
        type="file"
        accept="image/jpeg,image/png"
        aria-label="Picture"
        hidden
        onChange={({ target }) => (upload(target.files[0]), (target.value = ""))}
      />
      <button type="button" className="btn" disabled={state.busy} onClick={() => input.current.click()}>
        {state.busy ? "Uploading…" : "Change the picture"}
      </button>
      <span className="help">A square JPEG or PNG of up to 5 MB, best 640 pixels wide.</span>
      <span className="error" role="alert">{state.problem || problem}</span>
    </span>
  );
}
