// A message's file: a picture that opens large, a player, a download, or how far it is.
import { useRef } from "react";

const shape = ({ width, height }) => (width && height ? { aspectRatio: `${width} / ${height}` } : {});

// Kept out of the thread's own keys: Escape closes the picture and nothing else.
const quietly = (event) => event.stopPropagation();

function Picture({ file, label }) {
  const dialog = useRef(null);
  const close = () => dialog.current.close();
  return (
    <>
      <button
        type="button"
        className="picture"
        style={shape(file)}
        aria-label={`Open ${label.toLowerCase()}`}
        onClick={() => dialog.current.showModal()}
      >
        <img src={file.small} alt="" loading="lazy" decoding="async" />
      </button>
      <dialog
        ref={dialog}
        className="lightbox"
        aria-label={label}
        onKeyDown={quietly}
        onClick={(event) => event.target === event.currentTarget && close()}
      >
        <img src={file.url} alt={label} loading="lazy" />
        <span className="lightbox-bar">
          <a className="btn small" href={`${file.url}?download=true`} download>Download</a>
          <button type="button" className="btn small" autoFocus onClick={close}>Close</button>
        </span>
      </dialog>
    </>
  );
}

function Sound({ file, label, children }) {
  return (
    <span className="sound">
      {children}
      <audio controls preload="metadata" src={file.url} aria-label={label} />
      {file.detail && <span className="small mute">{file.detail}</span>}
    </span>
  );
}

function Download({ file, label, children }) {
  return (
    <a className="bubble-media download" href={`${file.url}?download=true`} download>
      {children}
      <span className="who">
        <span className="strong clip">{file.name || label}</span>
        <span className="small mute">{file.detail || "Download"}</span>
      </span>
    </a>
  );
}

function OnItsWay({ file, label, children }) {
  const words = file.problem ? `Trying again. ${file.problem}` : "On its way";
  return (
    <span className="bubble-media" aria-busy="true">
      {children}
      <span className="who">
        <span className="strong clip">{file.name || label}</span>
        <span className="small mute">{words}</span>
        <progress max="100" value={file.percent < 0 ? undefined : file.percent} aria-label={words} />
      </span>
    </span>
  );
}

function Failed({ file, label, onAgain, children }) {
  return (
    <span className="bubble-media">
      {children}
      <span className="who">
        <span className="strong clip">{file.name || label}</span>
        <span className="small error">{file.problem || "The file could not be fetched."}</span>
        {onAgain && (
          <button type="button" className="btn small" onClick={() => onAgain()}>Fetch again</button>
        )}
      </span>
    </span>
  );
}

export function Attached({ file, label, onAgain, children }) {
  const parts = { file, label, children };
  if (file.state === "failed") return <Failed {...parts} onAgain={onAgain} />;
  if (file.state !== "ready") return <OnItsWay {...parts} />;
  if (file.shown === "image") return <Picture {...parts} />;
  if (file.shown === "sticker") {
    return <img className="sticker" src={file.url} alt={label} loading="lazy" style={shape(file)} />;
  }
  if (file.shown === "video") {
    return <video className="film" controls preload="metadata" src={file.url} aria-label={label} />;
  }
  if (file.shown === "audio") return <Sound {...parts} />;
  return <Download {...parts} />;
}
