"""Bots: their list, and the canvas on which one is built."""
