"""Tables by aggregate; no logic. Importing this room loads them all."""

from botpe_app.models.account import AccountNews, AccountNotice, WhatsAppAccount, WhatsAppSignup
from botpe_app.models.agent import (
    AgentAnswer,
    AgentLog,
    AgentUsage,
    AiSettings,
    Intent,
    TrainingPhrase,
)
from botpe_app.models.audit import AuditEvent
from botpe_app.models.automation import AutomationEvent, AutomationRule, AutomationRun
from botpe_app.models.bot import Bot, BotSecret, BotVersion
from botpe_app.models.bot_session import (
    BotAlarm,
    BotCall,
    BotInput,
    BotSession,
    BotStep,
    BotTurn,
    BotVariable,
)
from botpe_app.models.campaign import Campaign, CampaignRecipient, CampaignVariant
from botpe_app.models.contact import Consent, Contact, ContactBlock, ContactIdentity
from botpe_app.models.contact_import import ContactImport
from botpe_app.models.conversation import (
    Conversation,
    ConversationSignal,
    Message,
    Note,
    Reaction,
)
from botpe_app.models.event import MetricBucket, WebhookEvent
from botpe_app.models.figure import MessageFigure, MessageFigureChange
from botpe_app.models.inbox import NoteMention, ReplyDraft
from botpe_app.models.knowledge import KnowledgeItem, KnowledgePassage
from botpe_app.models.mail import Mail
from botpe_app.models.media import Media, MediaUpload
from botpe_app.models.organization import (
    ApiKey,
    IdempotencyKey,
    Invitation,
    MailToken,
    Membership,
    Organization,
    Throttle,
    User,
    UserSession,
)
from botpe_app.models.outbound import WebhookDelivery, WebhookSubscription
from botpe_app.models.search import ContactTag, ConversationTag, MessageWord
from botpe_app.models.segment import Segment
from botpe_app.models.team import BusinessHours, CannedReply, CustomField, Tag, Team, TeamMember
from botpe_app.models.template import Template, TemplateInsight, TemplateVersion

__all__ = [
    "AccountNews",
    "AccountNotice",
    "AgentAnswer",
    "AgentLog",
    "AgentUsage",
    "AiSettings",
    "ApiKey",
    "AuditEvent",
    "AutomationEvent",
    "AutomationRule",
    "AutomationRun",
    "Bot",
    "BotAlarm",
    "BotCall",
    "BotInput",
    "BotSecret",
    "BotSession",
    "BotStep",
    "BotTurn",
    "BotVariable",
    "BotVersion",
    "BusinessHours",
    "Campaign",
    "CampaignRecipient",
    "CampaignVariant",
    "CannedReply",
    "Consent",
    "Contact",
    "ContactBlock",
    "ContactIdentity",
    "ContactImport",
    "ContactTag",
    "Conversation",
    "ConversationSignal",
    "ConversationTag",
    "CustomField",
    "IdempotencyKey",
    "Intent",
    "Invitation",
    "KnowledgeItem",
    "KnowledgePassage",
    "Mail",
    "MailToken",
    "Media",
    "MediaUpload",
    "Membership",
    "Message",
    "MessageFigure",
    "MessageFigureChange",
    "MessageWord",
    "MetricBucket",
    "Note",
    "NoteMention",
    "Organization",
    "Reaction",
    "ReplyDraft",
    "Segment",
    "Tag",
    "Team",
    "TeamMember",
    "Template",
    "TemplateInsight",
    "TemplateVersion",
    "Throttle",
    "TrainingPhrase",
    "User",
    "UserSession",
    "WebhookDelivery",
    "WebhookEvent",
    "WebhookSubscription",
    "WhatsAppAccount",
    "WhatsAppSignup",
]
