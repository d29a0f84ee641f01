"""Stores: append-only events are the truth; projections are written in the same transaction."""

from ulid import ULID


def new_id() -> str:
    """A new key: a ULID, 26 characters, sorted by the time it was made."""
    return str(ULID())
