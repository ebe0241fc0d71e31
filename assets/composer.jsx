// Where staff write. What is typed survives a reload; what is sent is shown at once and leaves once.
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { usePassed, WindowChip } from "$/public/ago.js";
import { Chooser, Leaving, messagesOf, Tray, useDrop, useFiles } from "$/public/attach.jsx";
import { Emoji } from "$/public/emoji.jsx";
import { Improve } from "$/public/improve.jsx";
import { Marks } from "$/public/marks.jsx";
import { drop, find, newKey, put, useHandIn, useWaiting } from "$/public/outbox.js";
import { Picker, usePicker } from "$/public/pickers.jsx";
import { writing } from "$/public/presence.jsx";
import { Said } from "$/public/said.jsx";

const LONGEST = 4096;
const NOTHING = [];
const ENDED =
  "The customer service window has just closed. Only a template may be sent until they write again.";

const place = (conversation, note) => `botpe.${note ? "note" : "draft"}.${conversation}`;

const KEEP = 1500; // after the last key, until the server is told

function useDraft(conversation, note, kept, onDraft) {
  const [text, setText] = useState("");
  const [key, setKey] = useState("");
  const timer = useRef(0);
  useLayoutEffect(() => {
    setText(localStorage.getItem(place(conversation, note)) ?? (note ? "" : kept));
    setKey(newKey());
  }, [conversation, note]);
  const write = (next) => {
    setText(next);
    if (next) localStorage.setItem(place(conversation, note), next);
    else localStorage.removeItem(place(conversation, note));
    if (!next) setKey(newKey()); // the next message is another one
    if (note) return;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => onDraft?.(conversation, next), KEEP);
  };
  return [text, write, key];
}

function useHeight(ref, text) {
  useLayoutEffect(() => {
    const area = ref.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, window.innerHeight * 0.4)}px`;
  }, [ref, text]);
}

export function Composer({
  conversation,
  closed = "",
  until = "",
  settled = NOTHING,
  refused = "",
  kept = "",
  canned = NOTHING,
  people = NOTHING,
  quoting = {},
  suggestion = "",
  onNote,
  onRefusal,
  onDraft,
  onQuoted,
  onTemplate,
  onSuggest,
}) {
  const [note, setNote] = useState(false);
  const [text, write, key] = useDraft(conversation, note, kept, onDraft);
  const area = useRef(null);
  const tray = useFiles(conversation);
  useHeight(area, text);
  useEffect(() => setNote(false), [conversation]);
  useEffect(() => {
    if (note && settled.includes(key)) write("");
  }, [settled]);
  useEffect(() => {
    if (!refused) return;
    const back = JSON.parse(refused); // what the server will never take: back to whoever wrote it
    const file = find(back.key)?.file;
    if (file && back.conversation === conversation) tray.restore(file);
    drop([back.key]);
    if (back.conversation === conversation && !text) write(back.text);
    onRefusal?.();
  }, [refused]);

  const picker = usePicker(note, text, canned, people, write);

  const ended = usePassed(until) ? ENDED : "";
  const blocked = note ? "" : closed || ended;
  const send = () => {
    const said = text.trim();
    if (blocked || said.length > LONGEST) return;
    if (note) return said && onNote(conversation, said, key);
    if (tray.files.length ? !tray.ready : !said) return;
    for (const { file, text } of messagesOf(tray.files, said)) {
      put({ key: file?.key ?? key, conversation, text, file, replyTo: quoting.id ?? "" });
    }
    if (quoting.id) onQuoted?.("");
    tray.remove(...tray.files.map((file) => file.key));
    write("");
    area.current?.focus();
  };
  const onKeyDown = (event) => {
    if (picker.onKeyDown(event)) return;
    if (event.key === "Tab" && !event.shiftKey && suggestion && !text && !note && !blocked) {
      event.preventDefault();
      return write(suggestion);
    }
    if (event.key === "Escape" && quoting.id) onQuoted?.("");
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  const toggle = () => {
    setNote(!note);
    area.current?.focus();
  };
  const over = text.trim().length - LONGEST;
  const takesFiles = !note && !blocked;
  const add = useCallback((chosen) => tray.add(chosen), [conversation]);
  const dropping = useDrop(takesFiles, add);
  const onPaste = (event) => {
    if (!takesFiles || !event.clipboardData.files.length) return;
    event.preventDefault();
    add(event.clipboardData.files);
  };
  const nothing = note || !tray.files.length ? !text.trim() : !tray.ready;

  return (
    <form
      className={`composer${note ? " note" : ""}${dropping ? " over" : ""}`}
      onSubmit={(event) => (event.preventDefault(), send())}
    >
      {blocked && (
        <div className="composer-closed" id="composer-closed">
          <p className="grow">{blocked}</p>
          {blocked.includes("template") && (
            <button type="button" className="btn small solid" onClick={() => onTemplate?.(conversation, key)}>
              Choose a template
            </button>
          )}
        </div>
      )}
      {quoting.id && !note && (
        <div className="quoting">
          <p className="grow">
            <strong>{quoting.who}</strong>
            <span className="clip">{quoting.text}</span>
          </p>
          <button type="button" className="btn square quiet small" aria-label="Do not quote it" onClick={() => onQuoted?.("")}>
            ×
          </button>
        </div>
      )}
      <Picker {...picker} label={note ? "Colleagues" : "Saved replies"} />
      {takesFiles && <Tray files={tray.files} onRemove={tray.remove} onAgain={tray.again} />}
      <textarea
        ref={area}
        rows={1}
        value={text}
        disabled={Boolean(blocked)}
        aria-label={note ? "Write a note for colleagues" : "Write a reply"}
        aria-describedby={blocked ? "composer-closed" : undefined}
        placeholder={note ? "Only colleagues see this, @ names one" : blocked ? "" : dropping ? "Drop to attach" : "Write a reply, / for saved replies"}
        data-hotkey="r"
        onChange={(event) => (write(event.target.value), note || writing())}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
      />
      <div className="composer-bar">
        <Chooser disabled={!takesFiles} add={add} />
        <Emoji area={area} write={write} disabled={Boolean(blocked)} />
        <Marks area={area} write={write} disabled={Boolean(blocked)} />
        <button
          type="button"
          className="mark wide-mark"
          title="Send a template"
          disabled={note || (Boolean(blocked) && !blocked.includes("template"))}
          onClick={() => onTemplate?.(conversation, key)}
        >
          Template
        </button>
        {text.trim() && !note && !blocked ? (
          <Improve conversation={conversation} text={text} write={write} disabled={over > 0} />
        ) : (
          <button
            type="button"
            className="mark wide-mark"
            title="Have replies suggested"
            disabled={note || Boolean(blocked)}
            data-hotkey="s"
            onClick={() => onSuggest?.(conversation)}
          >
            ✦ Suggest <kbd aria-hidden="true">S</kbd>
          </button>
        )}
        <span className="grow" />
        {!note && !blocked && until && <WindowChip until={until} near />}
        {over > 0 && <span className="error number">{over} too long</span>}
        <button
          type="button"
          className="note-switch"
          aria-pressed={note}
          data-hotkey="n"
          onClick={toggle}
        >
          Note <kbd aria-hidden="true">N</kbd>
        </button>
        <button className="btn solid small" disabled={nothing || Boolean(blocked) || over > 0}>
          {note ? "Add note" : "Send"} <kbd aria-hidden="true">↵</kbd>
        </button>
      </div>
    </form>
  );
}

// The bubbles of what is on its way to the server; part of the thread.
export function Outbox({ conversation, settled = NOTHING, ready = false, onSend }) {
  const waiting = useWaiting(conversation, settled);
  useHandIn(onSend, settled, ready);
  return waiting.map((each) => (
    <div key={each.key} className="bubble out first last pending">
      {each.file && <Leaving file={each.file} />}
      {each.text && <Said text={each.text} />}
      <span className="bubble-foot">
        <span className="tick waiting" role="img" aria-label="Sending">◷</span>
      </span>
    </div>
  ));
}
