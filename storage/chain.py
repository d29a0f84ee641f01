"""The chained log: how an entry is written as bytes, and how the entries of a case hang together.

Every event and every decision of a case is an entry of the log, written in the transaction that keeps it. Notes are
entries of the platform's own (`case` is empty): that the log was begun, which hall it is of, which keys sign it.

    body     what happened, as canonical JSON
    header   {"at":…,"body":…,"case":…,"kind":…,"n":…,"previous":…}, as canonical JSON, where
               at        when: `2026-09-01T00:30:15.123456Z`
               body      the digest of the body: in format 2 `2:` and the digest of its values (`leaves.py`);
                         in format 1, of older releases, SHA-256 of the 16 bytes of the salt followed by its bytes
               case      the id of the case
               kind      `event`, `decision` or `note`
               n         the number of the entry in its case: 1, 2, 3 …
               previous  the hash of the entry before in the same case; empty for the first
    hash     SHA-256 of the byte 00 followed by the header: the hash of a leaf of RFC 6962, section 2.1

All hashes and salts are written in lower-case hexadecimal digits. Canonical JSON is the JSON text in UTF-8 without a
byte that is not needed: no blanks; the keys of objects sorted by the bytes of their UTF-8 text; in texts `\\"`, `\\\\`, `\\b`,
`\\f`, `\\n`, `\\r`, `\\t` for these characters, `\\u00xx` (lower case) for the others below U+0020, every other one as itself;
numbers with the digits that were kept (`9.60` stays so), never with an exponent, and zero without a sign where it has
no point. The salt is random. It keeps what was said in a body from being guessed from its hash once the body is gone.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from banshi.storage.canonical import canonical
from banshi.storage.leaves import FORMAT_2, Parts, Unsalted, body_digest

FORMAT = "banshi log 1"
EVENT, DECISION, NOTE = "event", "decision", "note"
SALT_BYTES = 16
_DECIDED = ("engine", "id", "kind", "name", "number", "outcome", "person", "record", "scope", "service_id", "version")


LINK = ("case_id", "n", "kind", "at", "previous", "body_hash", "salt", "hash")
"""The columns of an entry that its hash holds together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An entry of the log without its body, as it is hashed."""

    case_id: str
    n: int
    kind: str
    at: datetime
    previous: str
    body_hash: str
    salt: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to become an entry: its kind, its time and its body, a JSON value."""

    kind: str
    at: datetime
    body: Mapping[str, Any]


def moment(at: datetime) -> str:
    """A time as headers write it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def event_body(seq: int, kind: str, actor: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an event."""
    return {"actor": actor, "kind": kind, "payload": payload, "seq": seq}


def decision_body(decision: Any) -> dict[str, Any]:
    """The body of a decision, a `StoredDecision` or a row of its columns; what only helps to search is not part of it."""
    return {name: getattr(decision, name) for name in _DECIDED}


def body_fits(told: str, salt: str, body: Any, parts: Parts | None) -> bool:
    """Whether a body, or what is left of it, is the one whose hash a header tells. Of format 1 all of it has to be there."""
    if not told.startswith(FORMAT_2):
        return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest() == told
    try:
        return body_digest(body, salt, parts) == told
    except Unsalted:
        return False


def header(*, at: str, body: str, case: str, kind: str, n: int, previous: str) -> bytes:
    """The canonical bytes of a header."""
    return canonical({"at": at, "body": body, "case": case, "kind": kind, "n": n, "previous": previous})


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf (RFC 6962, section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def links(case_id: str, last: tuple[int, str], new: Iterable[NewEntry]) -> list[Link]:
    """New entries behind the last one of a case, of which `last` is the number and the hash: (0, "") where there is none."""
    n, previous = last
    made: list[Link] = []
    for entry in new:
        n += 1
        salt = secrets.token_hex(SALT_BYTES)
        digest = body_digest(entry.body, salt, None)
        head = header(at=moment(entry.at), body=digest, case=case_id, kind=entry.kind, n=n, previous=previous)
        hashed = leaf_hash(head).hex()
        made.append(
            Link(
                case_id=case_id,
                n=n,
                kind=entry.kind,
                at=entry.at,
                previous=previous,
                body_hash=digest,
                salt=salt,
                hash=hashed,
            )
        )
        previous = hashed
    return made


def rows_of(
    case_id: str, last: tuple[int, str], new: Sequence[tuple[int, Any]], decided: Sequence[Any]
) -> list[dict[str, Any]]:
    """The rows that a command adds behind the last entry of its case: of its events with their numbers, then of its decisions."""
    entries = [
        NewEntry(kind=EVENT, at=event.at, body=event_body(seq, event.kind, event.actor, event.payload))
        for seq, event in new
    ]
    entries += [NewEntry(kind=DECISION, at=one.at, body=decision_body(one)) for one in decided]
    kept: list[tuple[int | None, str | None]] = [(seq, None) for seq, _ in new]
    kept += [(None, one.id) for one in decided]
    made = zip(links(case_id, last, entries), kept, strict=True)
    return [{**row_of(link), "event_seq": seq, "decision_id": name} for link, (seq, name) in made]


def row_of(link: Link) -> dict[str, Any]:
    """The columns of an entry that its hash holds together."""
    return {name: getattr(link, name) for name in LINK}
