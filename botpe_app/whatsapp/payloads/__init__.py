"""Webhook JSON into typed values: split a POST into updates, then read each update alone."""

from botpe_app.whatsapp.payloads.inbound import Context, Incoming, Sender, parse_message
from botpe_app.whatsapp.payloads.split import Update, split
from botpe_app.whatsapp.payloads.statuses import StatusUpdate, parse_status
from botpe_app.whatsapp.storable import dumps

__all__ = [
    "Context",
    "Incoming",
    "Sender",
    "StatusUpdate",
    "Update",
    "dumps",
    "parse_message",
    "parse_status",
    "split",
]
