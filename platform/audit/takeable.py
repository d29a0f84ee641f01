"""Which values of an entry may be missing, deleted or left out of an export: those that can be sensitive, and nothing else.

Who acted, when, at which step, with what effect, what a bill came to and which cells fired is never personal to the answers; an
export that lacks it was altered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

_MESSAGE = r"(message|remedy|message_en|remedy_en|(zh|en)/(message|remedy))"
_EVENT = re.compile(
    rf"""/payload/(
        (answers|values|openings|files|signature|unmet|scan)/.+
      | answers | opinion | title | titles/.+ | (.+/)?seen
      | shown/(values|relevant|required|readonly|constraints)/.+
      | shown/findings/\d+/{_MESSAGE}
      | shown/bills/[^/]+/(lines/\d+/quantity | shares/\d+/label)
      | route/(.+/)?values/.+
    )""",
    re.VERBOSE,
)
_DECISION = re.compile(
    rf"""/record/(
        (inputs|read)/.+
      | explanation/(.+/)?(value|zh|en)
      | explanation/(.+/)?parts/\d+/label
      | faults/\d+/(zh|en)
      | outputs/findings/\d+/{_MESSAGE}
      | outputs/facts/.+
    )""",
    re.VERBOSE,
)
_OUTPUTS = re.compile(r"/record/outputs(/.+)?")
_NAMED = re.compile(r"/(?:payload|record)/(?:shown/)?(answers|values|relevant|inputs|read|outputs/facts|outputs)/(.+)")
_PAIR = re.compile(r"/payload/(?:route/.+/)?values/\d+/1(?:/.*)?")


def takeable(kind: str, body: Mapping[str, Any], pointer: str) -> bool:
    """Whether the value at a JSON pointer of an entry (`event`, `decision` or `note`) may be missing."""
    if kind == "event":
        return _EVENT.fullmatch(pointer) is not None
    if kind == "decision":
        of_table = body.get("kind") == "table" and _OUTPUTS.fullmatch(pointer) is not None
        return of_table or _DECISION.fullmatch(pointer) is not None
    return False


def called(pointer: str) -> tuple[str, bool]:
    """What is missing there, for people, and whether that is the name of a question or an output."""
    named = _NAMED.fullmatch(pointer) if not _PAIR.fullmatch(pointer) else None
    if named is not None and "findings" not in pointer:
        words = [part for part in named[2].split("/") if not part.isdigit()]
        path = _plain(words[-1] if named[1] == "answers" and words else named[2].split("/")[0])
        return re.sub(r"\[\d+\]", "", path).rpartition(".")[2], True
    words = [part for part in pointer.split("/")[2:] if not part.isdigit()]
    return _plain(words[-1] if words else pointer), False


def without_rest(kind: str, body: Mapping[str, Any] | None, pointers: Iterable[str]) -> list[str]:
    """Those of some pointers that may be taken out."""
    return [one for one in pointers if takeable(kind, body or {}, one)]


def _plain(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
