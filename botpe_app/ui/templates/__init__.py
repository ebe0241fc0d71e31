"""Message templates: what may be sent to anybody, once Meta has approved it."""
