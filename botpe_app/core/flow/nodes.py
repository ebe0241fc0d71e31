"""The kinds of node, and the handles from which edges leave each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from botpe_app.core.flow.steps import (
    Assignments,
    Buttons,
    Choice,
    Condition,
    Delay,
    End,
    Form,
    GoToBot,
    HandOff,
    ListOf,
    Messages,
    Nothing,
    Question,
    Random,
    Row,
    Template,
)
from botpe_app.core.flow.texts import Id, Label, Part
from botpe_app.core.flow.work import Actions, Ai, ApiCall

NEXT, ELSE, INVALID, TIMEOUT = "next", "else", "invalid", "timeout"
ERROR, OTHER, REPLY = "error", "other", "reply"
RESERVED = (NEXT, ELSE, INVALID, TIMEOUT, ERROR, OTHER, REPLY)


@dataclass(frozen=True, slots=True)
class Handle:
    """A point from which an edge may leave.

    `needed`: without an edge there (or, for a choice, one from `next`) customers get stuck.
    """

    id: str
    label: str
    needed: bool = False


_NEXT = Handle(NEXT, "next")
_WAITING = (Handle(INVALID, "not understood"), Handle(TIMEOUT, "no answer in time"))
_FAILED = Handle(ERROR, "it failed")


class Position(Part):
    """Where the node lies on the canvas."""

    x: float = 0
    y: float = 0


class BaseNode(Part):
    """What all nodes have. `id` is what edges, problems, paths and effects name it by."""

    id: Id
    name: Label = ""
    position: Position = Position()

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Where edges may leave, in the order drawn. A start has its triggers' ids besides."""
        return (_NEXT,)

    @property
    def choices(self) -> tuple[Choice | Row, ...]:
        """What a customer can press, in the order shown."""
        return ()

    @property
    def waits(self) -> bool:
        """Whether the flow stops there until the customer does something, or time passes."""
        return False


class StartNode(BaseNode):
    """Where every trigger leads; an edge from a trigger's id goes before the one from `next`."""

    type: Literal["start"]
    data: Nothing = Nothing()

    @property
    def handles(self) -> tuple[Handle, ...]:
        return (Handle(NEXT, "next", needed=True),)


class MessageNode(BaseNode):
    type: Literal["message"]
    data: Messages


class _AskingNode(BaseNode):
    @property
    def handles(self) -> tuple[Handle, ...]:
        pressed = [Handle(choice.id, choice.title, needed=True) for choice in self.choices]
        return (*pressed, _NEXT, *_WAITING)

    @property
    def waits(self) -> bool:
        return True


class QuestionNode(_AskingNode):
    type: Literal["question"]
    data: Question


class ButtonsNode(_AskingNode):
    type: Literal["buttons"]
    data: Buttons

    @property
    def choices(self) -> tuple[Choice | Row, ...]:
        return self.data.buttons


class ListNode(_AskingNode):
    type: Literal["list"]
    data: ListOf

    @property
    def choices(self) -> tuple[Choice | Row, ...]:
        return tuple(row for section in self.data.sections for row in section.rows)


class TemplateNode(_AskingNode):
    type: Literal["template"]
    data: Template

    @property
    def handles(self) -> tuple[Handle, ...]:
        return super().handles if self.waits else (_NEXT,)

    @property
    def choices(self) -> tuple[Choice | Row, ...]:
        return self.data.replies

    @property
    def waits(self) -> bool:
        return bool(self.data.replies)


class FormNode(_AskingNode):
    type: Literal["whatsapp_flow"]
    data: Form


class ConditionNode(BaseNode):
    type: Literal["condition"]
    data: Condition

    @property
    def handles(self) -> tuple[Handle, ...]:
        branches = [Handle(b.id, b.name or b.id, needed=True) for b in self.data.branches]
        return (*branches, Handle(ELSE, "else", needed=True))


class SetVariableNode(BaseNode):
    type: Literal["set_variable"]
    data: Assignments


class AiNode(BaseNode):
    type: Literal["ai"]
    data: Ai = Ai()

    @property
    def handles(self) -> tuple[Handle, ...]:
        if self.data.mode != "classify":
            return (_NEXT, _FAILED)
        sorts = [Handle(c.id, c.name or c.id, needed=True) for c in self.data.categories]
        return (*sorts, Handle(OTHER, "none of these", needed=True), _FAILED)


class ApiCallNode(BaseNode):
    type: Literal["api_call"]
    data: ApiCall

    @property
    def handles(self) -> tuple[Handle, ...]:
        return (_NEXT, _FAILED)


class ActionNode(BaseNode):
    type: Literal["action"]
    data: Actions


class DelayNode(BaseNode):
    type: Literal["delay"]
    data: Delay = Delay()

    @property
    def handles(self) -> tuple[Handle, ...]:
        return (_NEXT, Handle(REPLY, "the customer writes meanwhile"))

    @property
    def waits(self) -> bool:
        return True


class RandomNode(BaseNode):
    type: Literal["random"]
    data: Random

    @property
    def handles(self) -> tuple[Handle, ...]:
        return tuple(Handle(b.id, b.name or b.id, needed=True) for b in self.data.branches)


class GoToBotNode(BaseNode):
    type: Literal["go_to_bot"]
    data: GoToBot

    @property
    def handles(self) -> tuple[Handle, ...]:
        return (_NEXT, _FAILED) if self.data.comes_back else (_FAILED,)


class HandOffNode(BaseNode):
    type: Literal["hand_off"]
    data: HandOff = HandOff()


class EndNode(BaseNode):
    type: Literal["end"]
    data: End = End()

    @property
    def handles(self) -> tuple[Handle, ...]:
        return ()


class BrokenNode(BaseNode):
    """Stands in a draft for a node that is not right yet; the engine stops there."""

    type: Literal["broken"] = "broken"
    data: Nothing = Nothing()

    @property
    def handles(self) -> tuple[Handle, ...]:
        return ()

    @property
    def waits(self) -> bool:
        return True


Node = Annotated[
    StartNode
    | MessageNode
    | QuestionNode
    | ButtonsNode
    | ListNode
    | ConditionNode
    | SetVariableNode
    | AiNode
    | ApiCallNode
    | ActionNode
    | TemplateNode
    | FormNode
    | DelayNode
    | RandomNode
    | GoToBotNode
    | HandOffNode
    | EndNode,
    Field(discriminator="type"),
]
