// A thread that stays where one reads: at the end with new messages, in place with older ones.
import { useEffect, useLayoutEffect, useRef, useState } from "react";

const NEAR = 80; // pixels from the end that still count as being there
const EARLY = 400; // pixels from the top at which older messages are asked for

export function Thread({ conversation, more, unread = 0, onOlder, onSeen, children, ...props }) {
  const scroller = useRef(null);
  const inner = useRef(null);
  const state = useRef({ end: true, anchor: null, foot: 0 });
  const [away, setAway] = useState(false);

  const remember = () => {
    const box = scroller.current;
    const end = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    const top = box.getBoundingClientRect().top;
    const anchor = [...inner.current.children].find(
      (child) => child.getBoundingClientRect().bottom > top,
    );
    // By its foot: its head may lose the heading of the day to an older message.
    state.current = { end, anchor, foot: anchor?.getBoundingClientRect().bottom ?? 0 };
    setAway(!end);
    return end;
  };
  const toEnd = () => {
    scroller.current.scrollTop = scroller.current.scrollHeight;
    remember();
  };
  const settle = () => {
    const { end, anchor, foot } = state.current;
    if (end) return toEnd();
    if (anchor?.isConnected) {
      scroller.current.scrollTop += anchor.getBoundingClientRect().bottom - foot;
    }
    remember();
  };

  useLayoutEffect(() => {
    if (state.current.anchor) settle(); // the button for older messages came or went
  }, [more]);
  useEffect(() => {
    const changes = new MutationObserver(settle);
    changes.observe(inner.current, { childList: true });
    const sizes = new ResizeObserver(settle);
    sizes.observe(inner.current);
    sizes.observe(scroller.current);
    return () => (changes.disconnect(), sizes.disconnect());
  }, []);
  useEffect(() => {
    state.current.end = true;
    toEnd();
  }, [conversation]);

  const asked = useRef(null);
  const older = () => {
    const first = inner.current.firstElementChild;
    if (!more || asked.current === first) return;
    asked.current = first; // once, until the first message is another one
    onOlder?.();
  };
  const onScroll = () => {
    const end = remember();
    if (end) seen();
    if (scroller.current.scrollTop < EARLY) older();
  };

  const seen = () => {
    const looking = document.visibilityState === "visible" && document.hasFocus();
    if (unread > 0 && looking && state.current.end) onSeen?.(conversation);
  };
  useEffect(() => {
    seen();
    const ends = new AbortController();
    addEventListener("focus", seen, { signal: ends.signal });
    document.addEventListener("visibilitychange", seen, { signal: ends.signal });
    return () => ends.abort();
  }, [conversation, unread]);

  return (
    <div className="thread-box">
      <div
        {...props}
        ref={scroller}
        className="thread"
        role="log"
        aria-label="Messages"
        tabIndex={0}
        onScroll={onScroll}
      >
        {more && (
          <button type="button" className="btn small older" onClick={() => onOlder?.()}>
            Older messages
          </button>
        )}
        <div ref={inner} className="thread-inner">{children}</div>
      </div>
      {away && (
        <button type="button" className="btn to-end" aria-label="To the newest message" onClick={toEnd}>
          ↓{unread > 0 && <span className="count">{unread}</span>}
        </button>
      )}
    </div>
  );
}
