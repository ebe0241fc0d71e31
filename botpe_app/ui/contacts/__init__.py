"""Contacts: the table, one customer's drawer, and what they come from."""
