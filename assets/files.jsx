// Choosing files, and sending them.
import { useRef, useState } from "react";
import { ask } from "$/public/api.js";

// A button that asks for files and hands them to `onFiles`.
export function FileButton({ label, accept, multiple, onFiles, children, ...props }) {
  const input = useRef(null);
  const chosen = (event) => {
    const files = [...event.target.files];
    event.target.value = "";
    if (files.length) onFiles(files);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        hidden
        aria-label={label}
        onChange={chosen}
      />
      <button type="button" {...props} onClick={() => input.current.click()}>{children}</button>
    </>
  );
}

// Sends each of the files to `path`, one after another, and tells how many were taken.
export function SendFiles({ path, onDone, onProblem, children, ...props }) {
  const [busy, setBusy] = useState(false);
  const send = async (files) => {
    setBusy(true);
    let taken = 0;
    for (const file of files) {
      const form = new FormData();
      form.append("file", file);
      try {
        await ask("POST", path, form);
        taken += 1;
      } catch (error) {
        onProblem?.(`${file.name}: ${error.message}`, "bad");
      }
    }
    setBusy(false);
    if (taken) onDone?.(taken);
  };
  return (
    <FileButton multiple disabled={busy} aria-busy={busy} {...props} onFiles={send}>
      {children}
    </FileButton>
  );
}
