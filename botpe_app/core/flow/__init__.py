"""The format of a bot: read it, describe it as JSON Schema, and say what is wrong with it."""

from botpe_app.core.flow.nodes import BaseNode, Handle, Node
from botpe_app.core.flow.parse import Problem, parse, parse_draft
from botpe_app.core.flow.problems import problems
from botpe_app.core.flow.schema import VERSION, Edge, Flow, Trigger, Variable, flow_schema
from botpe_app.core.flow.surroundings import Known
from botpe_app.core.flow.wording import variable_names

__all__ = [
    "VERSION",
    "BaseNode",
    "Edge",
    "Flow",
    "Handle",
    "Known",
    "Node",
    "Problem",
    "Trigger",
    "Variable",
    "flow_schema",
    "parse",
    "parse_draft",
    "problems",
    "variable_names",
]
