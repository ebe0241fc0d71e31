"""BotPe AI: a self-hosted platform on which a business runs its WhatsApp."""
