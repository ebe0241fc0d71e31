"""What the fields of a flow are called, when they matter, and what helps to choose. Pure.

Keys are `Model.field`, or `field` for all models that have it. `when`: only if a field beside it
has one of these values. `of`: the rows to choose from.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def _on(label: str, **more: Any) -> Json:
    return {"label": label, **more}


def _if(label: str, field: str, *values: object, **more: Any) -> Json:
    return {"label": label, "when": {field: list(values)}, **more}


WORDS: dict[str, Json] = {
    "save_to": _on("Save the answer as", help="A variable, for later steps: {{name}}"),
    "retries": _on("Further tries", more=True),
    "error_text": _on("Said if it was not understood", kind="long", more=True),
    "timeout_seconds": _on("Wait at most", unit="seconds", kind="number", more=True),
    "delay_seconds": _on("Pause before it", unit="seconds", more=True),
    "typing": _on("Show “typing…” in the pause", more=True),
    "header": _on("Header"),
    "footer": _on("Footer"),
    "text": _on("Text"),
    "variable": _on("Variable"),
    "name": _on("Name"),
    "value": _on("Value"),
    "tags": _on("Tags", of="tags"),
    "keywords": _on("Words", help="One a line"),
    "team_id": _on("Team", of="teams"),
    "user_id": _on("Person", of="people"),
    "days": _on("Days"),
    "Actions.actions": _on("What to do", add="Add an action"),
    "AddNote.text": _on("Note for colleagues"),
    "AddToCampaign.campaign_id": _on("Campaign", of="campaigns"),
    "Ai.mode": _on("What it does"),
    "Ai.text": _on("What it reads"),
    "Ai.instructions": _on("Instructions", help="Tone, what to say, what never to say"),
    "Ai.categories": _if("Categories", "mode", "classify", add="Add a category"),
    "Ai.fields": _if("What to read out", "mode", "extract", add="Add a variable"),
    "Ai.use_knowledge": _if("Use your knowledge", "mode", "answer"),
    "Ai.save_to": _on("Save the result as"),
    "Ai.timeout_seconds": _on("Take at most", unit="seconds"),
    "Answer.type": _on("The answer must be"),
    "Answer.least": _if("At least", "type", "number", "date", "text"),
    "Answer.most": _if("At most", "type", "number", "date", "text"),
    "Answer.whole": _if("Whole numbers only", "type", "number"),
    "Answer.pattern": _if("Regular expression", "type", "pattern", plain=True, kind="text"),
    "Answer.options": _if("Options", "type", "choice", add="Add an option"),
    "Answer.media": _if("Which files", "type", "media", help="None chosen: any"),
    "ApiCall.url": _on("Address"),
    "ApiCall.method": _on("Method"),
    "ApiCall.headers": _on("Headers", add="Add a header"),
    "ApiCall.query": _on("Query parameters", add="Add a parameter"),
    "ApiCall.body": _on("Body"),
    "ApiCall.auth": _on("Sign in"),
    "ApiCall.mappings": _on("Read from the answer", add="Add a value"),
    "ApiCall.save_to": _on("Save the whole answer as"),
    "ApiCall.retries": _on("Further tries"),
    "ApiCall.timeout_seconds": _on("Wait at most", unit="seconds"),
    "Assignment.operation": _on("Operation"),
    "Assignment.value": _if(
        "Value", "operation", "set", "increment", "append", "format", kind="value"
    ),
    "Assignments.assignments": _on("Variables", add="Add a variable"),
    "Audio.voice": _on("As a voice message"),
    "Auth.type": _on("How"),
    "Auth.secret": _if(
        "Stored secret", "type", "bearer", "basic", "header", "query", kind="secret", of="secrets"
    ),
    "Auth.name": _if("Name of the user, header or parameter", "type", "basic", "header", "query"),
    "BusinessHours.closed_text": _on("Said outside the hours"),
    "BusinessHours.days": _on("Hours", kind="hours"),
    "BusinessHours.holidays": _if("Closed on", "days", "some", help="2026-12-25, one a line"),
    "BusinessHours.timezone": _if("By the clock of", "days", "some", kind="zone"),
    "Branch.name": _on("Name of the branch", plain=True),
    "Branch.when": _on("If"),
    "ButtonPress.payloads": _on("Payloads", help="One a line"),
    "Buttons.buttons": _on("Buttons", add="Add a button"),
    "CallWebhook.event": _on("Event", kind="text"),
    "CallWebhook.payload": _on("What to tell", kind="json"),
    "Category.description": _on("When it fits", kind="long"),
    "Category.name": _on("Category", plain=True),
    "Choice.title": _on("Title"),
    "Condition.branches": _on("Branches", add="Add a branch", help="The first that holds is taken"),
    "Condition.save_to": _on("Save what was found as"),
    "Content.type": _on("Kind"),
    "Content.value": _if("JSON", "type", "json", kind="json"),
    "Content.fields": _if("Fields", "type", "form", add="Add a field"),
    "Content.text": _if("Text", "type", "text"),
    "ContactsMessage.contacts": _on("Contact cards", kind="cards"),
    "CaptionedMedia.caption": _on("Caption"),
    "Delay.mode": _on("Wait"),
    "Delay.amount": _if("How long", "mode", "for"),
    "Delay.unit": _if("Unit", "mode", "for"),
    "Delay.time": _if("Until", "mode", "until", input="time", plain=True),
    "Delay.weekday": _if("On", "mode", "until", none="Any day"),
    "Delay.zone": _if(
        "In whose time zone",
        "mode",
        "until",
        options=[["contact", "The customer's"], ["organization", "Ours"]],
    ),
    "Document.filename": _on("File name"),
    "End.text": _on("Last words"),
    "End.everything": _on("Also end the bots that called this one"),
    "Extract.description": _on("What it is", kind="long"),
    "Extract.type": _on("Kind"),
    "Flow.settings": _on("Settings", open=True),
    "Flow.triggers": _on("What starts it", add="Add a trigger"),
    "Flow.variables": _on("Variables", add="Declare a variable"),
    "Form.cta": _on("Button"),
    "Form.flow_id": _on("Id of the WhatsApp Flow"),
    "Form.flow_name": _on("Or its name"),
    "Form.mode": _on("Version"),
    "Form.screen": _on("First screen"),
    "Form.values": _on("Values for the first screen", kind="json"),
    "GoToBot.bot_id": _on("Bot", of="bots"),
    "GoToBot.comes_back": _on("Comes back here when it is done"),
    "HandOff.text": _on("Said to the customer"),
    "HandOff.note": _on("Note for colleagues", kind="long"),
    "Header.type": _on("Kind"),
    "Header.text": _if("Line", "type", "text"),
    "Header.image": _if("Picture", "type", "image", open=True),
    "Header.video": _if("Video", "type", "video", open=True),
    "Header.document": _if("Document", "type", "document", open=True),
    "InteractiveMessage.interactive": _on("As the Cloud API has it", kind="linked"),
    "Interrupt.action": _on("Then"),
    "Interrupt.node_id": _if("Step", "action", "go_to", kind="text", of="nodes"),
    "Keyword.match": _on("The message"),
    "Keyword.interrupts": _on("Also in the middle of a conversation with the bot"),
    "ListOf.button": _on("Button that opens the list"),
    "ListOf.sections": _on("Sections", add="Add a section"),
    "Location.address": _on("Address"),
    "Location.name": _on("Name of the place"),
    "Mapping.path": _on("JSONPath", kind="text", plain=True, help="$.items[0].price"),
    "Messages.messages": _on("Messages", add="Add a message"),
    "Option.synonyms": _on("Also called", help="One a line"),
    "Option.title": _on("Option"),
    "Question.answer": _on("Answer", open=True),
    "Question.text": _on("Question"),
    "Random.branches": _on("Ways", add="Add a way"),
    "Reaction.emoji": _on("Emoji", help="On the customer's last message"),
    "Referral.source_ids": _on("Ids of ads or posts", help="One a line; none: any"),
    "Row.title": _on("Title"),
    "Row.description": _on("Description"),
    "Schedule.segment_id": _on("For the segment", of="segments"),
    "Schedule.time": _on("At", input="time", plain=True),
    "Section.title": _on("Title of the section"),
    "Section.rows": _on("Rows", add="Add a row"),
    "SendEmail.body": _on("Text"),
    "SendEmail.subject": _on("Subject"),
    "SendEmail.to": _on("To"),
    "SetStatus.status": _on("Status"),
    "Settings.business_hours": _on("Keeps business hours"),
    "Settings.country": _on("Country", help="Two letters, for phone numbers", plain=True),
    "Settings.date_format": _on("Dates are written"),
    "Settings.fallback_limit": _on("Misses before a person takes over"),
    "Settings.fallback_text": _on("If it did not understand", kind="long"),
    "Settings.hand_off_text": _on("Before a person takes over", kind="long"),
    "Settings.interrupts": _on("Words that work anywhere", add="Add words"),
    "Settings.timeout_minutes": _on("Ends after silence of", unit="minutes"),
    "Settings.timeout_text": _on("Said when it ends so", kind="long"),
    "Settings.timezone": _on("Time zone", kind="zone"),
    "Settings.language": _on("Language", help="Such as en or pt_BR", plain=True),
    "Share.name": _on("Name", plain=True),
    "Share.weight": _on("Share"),
    "TemplateContent.name": _on("Template", of="templates"),
    "Template.replies": _on("Wait for its buttons", add="Add a button"),
    "Template.template": _on("Template", open=True),
    "TemplateContent.components": _on("Fill in", kind="filling"),
    "TemplateContent.language": _on("Language"),
    "TemplateReply.templates": _on("Templates", help="One a line; none: any"),
    "TextBody.body": _on("Text"),
    "TextBody.preview_url": _on("Show a preview of the first link"),
    "UpdateContact.field": _on("Field", kind="text", help="name, email, language or your own"),
    "UpdateContact.value": _on("Value", kind="value"),
    "Variable.default": _on("Starts as", kind="value"),
    "Variable.scope": _on("Kept"),
    "Variable.type": _on("Kind"),
}
_NESTED = ("text", "image", "video", "audio", "document", "sticker", "location", "reaction")

OPTIONS: dict[str, str] = {
    "": "The organization's",
    "add_tags": "Add tags",
    "remove_tags": "Remove tags",
    "any_message": "Any message",
    "api": "A call by API",
    "ask": "Ask",
    "button": "A pressed button",
    "call_webhook": "Tell your webhooks",
    "go_to": "go to a step",
    "hand_off": "call a person",
    "json": "JSON",
    "keyword": "Words",
    "none": "None",
    "opt_in": "Opt in to marketing",
    "opt_out": "Opt out of marketing",
    "referral": "An ad or a post",
    "regex": "fits a regular expression",
    "exact": "is exactly",
    "contains": "contains",
    "starts_with": "starts with",
    "schedule": "A time of day",
    "send_email": "Send an e-mail",
    "set_status": "Set the status",
    "add_note": "Leave a note",
    "add_to_campaign": "Add to a campaign",
    "update_contact": "Update the contact",
    "assign": "Assign the conversation",
    "tag": "A tag is added",
    "template_reply": "A reply to a template",
    "session": "for this conversation",
    "contact": "with the customer",
    "organization": "for everybody",
    "until": "until a time",
    "for": "for a while",
    "pattern": "A text that fits a pattern",
    "choice": "One of these options",
    "any": "Anything",
    "classify": "Sort into categories",
    "extract": "Read values out",
    "answer": "Answer the customer",
    "clear": "clear",
    "contacts": "Contact cards",
    "interactive": "Link, product or request",
    "GET": "GET", "POST": "POST", "PUT": "PUT", "PATCH": "PATCH", "DELETE": "DELETE",
    "DD-MM-YYYY": "DD-MM-YYYY", "MM-DD-YYYY": "MM-DD-YYYY", "YYYY-MM-DD": "YYYY-MM-DD",
}  # fmt: skip


def words_of(model: Any, field: str) -> Json:
    """What a model's field is called, and what else the form must know of it."""
    for one in model.__mro__:
        if found := WORDS.get(f"{one.__name__}.{field}"):
            return found
    plain = WORDS.get(field, {"label": _said(field)})
    nested = model.__name__.endswith("Message") and field in _NESTED
    return {**plain, "label": "", "open": True} if nested else plain


def option_label(value: Any) -> str:
    """A choice in words."""
    return OPTIONS.get(str(value)) or _said(str(value))


def _said(name: str) -> str:
    return name.replace("_", " ").capitalize()
