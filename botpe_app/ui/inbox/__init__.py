"""The inbox: list, thread, person."""
