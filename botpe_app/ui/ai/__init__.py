"""Settings → AI: how the agents work, what they know, and what they are taught."""
