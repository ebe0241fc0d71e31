// Flows as files: out of one organization, into another.
import { ask } from "$/public/api.js";
import { download } from "$/public/download.js";
import { FileButton } from "$/public/files.jsx";

const LARGEST = 1024 * 1024; // bytes, as the API takes them
const NO_FLOW = "This file holds no flow: it must be JSON with a list of nodes.";

export function fileName(name) {
  const plain = name.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${plain.toLowerCase() || "bot"}.flow.json`;
}

export function save(name, flow) {
  const text = JSON.stringify(flow, null, 2);
  download(fileName(name), new Blob([text], { type: "application/json" }));
}

async function flowOf(file) {
  if (file.size > LARGEST) throw new Error("This file is larger than 1 MB.");
  let held;
  try {
    held = JSON.parse(await file.text());
  } catch {
    throw new Error(NO_FLOW);
  }
  const flow = held?.flow ?? held; // also a bot as the API tells it, or one of the library
  if (!Array.isArray(flow?.nodes)) throw new Error(NO_FLOW);
  const name = held?.name || flow.name || file.name.replace(/(\.flow)?\.json$/i, "");
  return { name: String(name).slice(0, 120), flow };
}

export function ImportBot({ onMade, onProblem, children, ...props }) {
  const chosen = async ([file]) => {
    try {
      const made = await ask("POST", "/bots", await flowOf(file));
      onMade?.(made.id, made.name);
    } catch (error) {
      onProblem?.(error.message, "bad");
    }
  };
  return (
    <FileButton label="File with a flow" accept=".json,application/json" onFiles={chosen} {...props}>
      {children}
    </FileButton>
  );
}

export function ExportBot({ bot, onProblem, children, ...props }) {
  const act = async () => {
    try {
      const { name, flow } = await ask("GET", `/bots/${bot}`);
      save(name, { ...flow, name: flow.name || name });
    } catch (error) {
      onProblem?.(error.message, "bad");
    }
  };
  return <button type="button" {...props} onClick={act}>{children}</button>;
}
