"""The simulator: a phone per pretend customer."""
