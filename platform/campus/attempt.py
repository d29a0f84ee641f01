"""One attempt to sign in, from the button to the way back. The browser keeps it, so that any server process goes on with it.

Only the browser that began it can end it: `state` comes back in the address, and must be that of a cookie of this browser
(nobody is signed in as somebody else by a link). `nonce` binds the ID token and `verifier` the code to the attempt.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import asdict, dataclass

LIFETIME = 15 * 60
"""Seconds for which somebody may be away at the campus sign-in."""
SKEW = 60
"""Seconds by which clocks may differ."""
LONGEST_PATH = 1500
"""Characters of the page that was asked for: browsers keep 4 KB of a cookie."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """See the module. `asked` is the path to go back to, `at` when it began, in seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    asked: str
    at: float

    def is_late(self, now: float) -> bool:
        """Whether it began too long ago, or in a future that no clock explains."""
        return not -SKEW <= now - self.at <= LIFETIME

    def is_of(self, state: str) -> bool:
        """Whether a state that came back is that of this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())

    def packed(self) -> str:
        """As the value of a cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode().rstrip("=")


def begun(asked: str, now: float) -> Attempt:
    """A new attempt; a path that no cookie would hold is left out."""
    state, nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    kept = asked if len(json.dumps(asked)) <= LONGEST_PATH else "/"
    return Attempt(state=state, nonce=nonce, verifier=verifier, asked=kept, at=now)


def unpacked(value: str) -> Attempt | None:
    """The attempt that a cookie holds; None for anything else."""
    try:
        said = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
        texts = {name: said[name] for name in ("state", "nonce", "verifier", "asked")}
        at = float(said["at"])
    except (ValueError, TypeError, KeyError):
        return None
    return Attempt(**texts, at=at) if all(isinstance(text, str) and text for text in texts.values()) else None
