"""Analytics: how it goes over a stretch of time, against the one before."""
