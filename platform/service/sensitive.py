"""Sensitive answers: which kinds there are, and how much of a value each leaves to be seen."""

from __future__ import annotations

from enum import StrEnum

STARS = "****"
"""What is seen of a value of which nothing may be seen; also of one that is too short for its kind."""


class Sensitive(StrEnum):
    """What a sensitive answer is: an identity card, a telephone, a bank card, a name, or anything else."""

    ANY = "yes"
    ID_CARD = "id card"
    PHONE = "phone"
    BANK_CARD = "bank card"
    NAME = "name"


# How many characters stay at the beginning and at the end. Of a payment card no more than the first six and the last four
# may be displayed (PCI DSS 4.0, 3.4.1); of an identity card the same are the district and the check digits.
_SEEN = {
    Sensitive.ID_CARD: (6, 4),
    Sensitive.PHONE: (3, 4),
    Sensitive.BANK_CARD: (6, 4),
    Sensitive.NAME: (1, 0),
}
_FEWEST_HIDDEN = {Sensitive.NAME: 1}
_USUALLY_HIDDEN = 4


def mask(text: str, kind: Sensitive) -> str:
    """A value as everybody may see it: `110105********0024`, `138****5678`, `李**`; `****` where nothing is to be seen."""
    bare = "".join(text.split()) if kind in (Sensitive.ID_CARD, Sensitive.PHONE, Sensitive.BANK_CARD) else text.strip()
    first, last = _SEEN.get(kind, (0, 0))
    hidden = len(bare) - first - last
    if kind not in _SEEN or hidden < _FEWEST_HIDDEN.get(kind, _USUALLY_HIDDEN):
        return STARS
    return bare[:first] + "*" * hidden + (bare[-last:] if last else "")
