"""Commands in, events out: what happens to a submitted application."""
