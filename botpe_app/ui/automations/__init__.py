"""Automations: what is done by itself, and what it did."""
