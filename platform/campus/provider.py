"""One interface to whatever says who somebody is: screens know only "the campus sign-in"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from banshi.platform.campus.attempt import Attempt

LONGEST_NUMBER = 64

Why = Literal["down", "declined", "forged", "late", "unknown", "nonsense"]
"""Why nobody was signed in. `down`: no answer, or not in time. `declined`: the campus sign-in let nobody in. `forged`: not
begun in this browser. `late`: too old, or used before. `unknown`: not in the organisation. `nonsense`: an answer that
cannot be believed, or two systems that do not agree."""


class CampusFault(Exception):
    """A sign-in that came to nothing. `detail` is for the server's log, and bears no secret, code or ticket."""

    def __init__(self, why: Why, detail: str) -> None:
        super().__init__(detail)
        self.why = why
        self.detail = "".join(sign if sign.isprintable() else "?" for sign in detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whom the campus sign-in knows: the campus number, and what it will call this sign-in by when it ends it."""

    number: str
    mark: str = ""


class CampusSignIn(Protocol):
    """A way to ask another system who sits at a browser. Every method may raise `CampusFault`."""

    shown: str
    """Which system it is, for the administrator."""
    back: str
    """The address to which it sends people back, as it has to be registered."""

    async def begin(self, attempt: Attempt) -> str:
        """Where to send the browser for an attempt."""
        ...

    async def finish(self, attempt: Attempt, answer: Mapping[str, str]) -> Known:
        """Who it was, from what the browser brought back in its address."""
        ...

    async def leave(self) -> str:
        """Where a browser signs out of the campus sign-in itself; an empty text where it cannot be done."""
        ...

    def ended(self, message: bytes) -> str:
        """The mark of the sign-in that the provider says it has ended; an empty text where the message says nothing."""
        ...


def as_number(said: Any, name: str) -> str:
    """A campus number as a provider gives it: a text, a whole number, or a list of one of these.

    Raises:
        CampusFault: there is none, there are several, or it is nothing that a number could be.
    """
    if isinstance(said, list) and len(said) == 1:
        said = said[0]
    if isinstance(said, int) and not isinstance(said, bool):
        said = str(said)
    if not isinstance(said, str):
        raise CampusFault("nonsense", f"the answer has no single text {name}")
    number = said.strip()
    if not number or len(number) > LONGEST_NUMBER or not number.isprintable():
        raise CampusFault("nonsense", f"{name} is no campus number: {said[:LONGEST_NUMBER]!r}")
    return number
