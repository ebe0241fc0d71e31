"""Settings: WhatsApp numbers, API keys."""
