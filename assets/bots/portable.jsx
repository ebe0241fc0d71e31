// Bots as files: out of one organization, into another, with their tests.
import { ask } from "$/public/api.js";
import { download } from "$/public/download.js";
import { FileButton } from "$/public/files.jsx";

const LARGEST = 1024 * 1024; // bytes, as the API takes them
const NO_BOT = "This file holds no bot: it must be JSON with a list of nodes.";

export function fileName(name) {
  const plain = name.normalize("NFKD").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
  return `${plain.toLowerCase() || "bot"}.bot.json`;
}

function save({ name, flow, dialogues }) {
  const text = JSON.stringify({ name, flow, dialogues }, null, 2);
  download(fileName(name), new Blob([text], { type: "application/json" }));
}

async function botOf(file) {
  if (file.size > LARGEST) throw new Error("This file is larger than 1 MB.");
  let held;
  try {
    held = JSON.parse(await file.text());
  } catch {
    throw new Error(NO_BOT);
  }
  const flow = held?.flow ?? held; // also a flow alone, a bot as the API tells it, or one of the library
  if (!Array.isArray(flow?.nodes)) throw new Error(NO_BOT);
  const name = held?.name || flow.name || file.name.replace(/(\.(bot|flow))?\.json$/i, "");
  return { name: String(name).slice(0, 120), flow, dialogues: held?.flow && held.dialogues };
}

export function ImportBot({ onMade, onProblem, children, ...props }) {
  const chosen = async ([file]) => {
    try {
      const { dialogues, ...bot } = await botOf(file);
      const made = await ask("POST", "/bots", bot);
      const tests = dialogues?.length ? ask("PATCH", `/bots/${made.id}`, { dialogues }) : null;
      await tests?.catch((error) => onProblem?.(`Without its tests: ${error.message}`, "bad"));
      onMade?.(made.id, made.name);
    } catch (error) {
      onProblem?.(error.message, "bad");
    }
  };
  return (
    <FileButton label="File with a bot" accept=".json,application/json" onFiles={chosen} {...props}>
      {children}
    </FileButton>
  );
}

export function ExportBot({ bot, onProblem, children, ...props }) {
  const act = async () => {
    try {
      save(await ask("GET", `/bots/${bot}`));
    } catch (error) {
      onProblem?.(error.message, "bad");
    }
  };
  return <button type="button" {...props} onClick={act}>{children}</button>;
}
