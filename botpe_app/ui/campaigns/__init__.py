"""Campaigns: templates for many, with what they would do told before."""
