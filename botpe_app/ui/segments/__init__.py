"""Segments: contacts by what they have in common."""
