"""The bots' engine: pure. (flow, session, what came in, now) → (session, effects, path).

`begin` and `resume` are its doors. It sends nothing, calls nobody and reads no clock: what it
wants done it says in effects, which become rows in the transaction that keeps the session.
"""

from botpe_app.core.engine.effects import (
    Act,
    CallApi,
    Effect,
    HandOff,
    Note,
    Ran,
    RunAgent,
    Send,
    Step,
    to_json,
)
from botpe_app.core.engine.keeping import message_sent, migrate, stop
from botpe_app.core.engine.program import Context, Program
from botpe_app.core.engine.resumes import (
    Button,
    Callback,
    Continue,
    Expiry,
    Filled,
    Pause,
    Reply,
    Resume,
    Said,
    Start,
    Timeout,
    from_message,
    read_resume,
)
from botpe_app.core.engine.running import begin, resume
from botpe_app.core.engine.session import Frame, Session, Wait
from botpe_app.core.engine.triggers import claims, triggered

__all__ = [
    "Act",
    "Button",
    "CallApi",
    "Callback",
    "Context",
    "Continue",
    "Effect",
    "Expiry",
    "Filled",
    "Frame",
    "HandOff",
    "Note",
    "Pause",
    "Program",
    "Ran",
    "Reply",
    "Resume",
    "RunAgent",
    "Said",
    "Send",
    "Session",
    "Start",
    "Step",
    "Timeout",
    "Wait",
    "begin",
    "claims",
    "from_message",
    "message_sent",
    "migrate",
    "read_resume",
    "resume",
    "stop",
    "to_json",
    "triggered",
]
