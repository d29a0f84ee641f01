"""JSON that goes to browsers as it is."""

from __future__ import annotations

import orjson


def fragment(value: object) -> orjson.Fragment:
    """A value as JSON, for the props of an element: NiceGUI would keep an object of its own for each list and dict."""
    # A copy, because what orjson 3.11 returns holds on to the 8 KB that it was written into.
    return orjson.Fragment(memoryview(orjson.dumps(value)).tobytes())
