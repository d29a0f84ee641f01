"""What is missing from the bodies of a log that is verified: deleted values, which a later entry has to tell of, and sealed ones."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from banshi.platform.audit.takeable import called, takeable
from banshi.storage.canonical import canonical
from banshi.storage.chain import body_fits
from banshi.storage.leaves import FORMAT_2


@dataclass(frozen=True, slots=True)
class _Missing:
    """The values that were deleted from an entry, by pointer; of format 1 the hash of what is left of it."""

    position: int
    gone: frozenset[str]
    left: str


@dataclass(slots=True)
class Taken:
    """See the module. Entries come in their order."""

    deleted: int = 0
    sealed: int = 0
    fields: Counter[tuple[str, str, bool]] = field(default_factory=Counter)
    """How often what was left out, by service, what it is, and whether that is a name of the workbook."""
    never: str | None = None
    """What is missing from the last entry and can never be sensitive."""
    _services: dict[str, str] = field(default_factory=dict)
    _seen: int = 0
    _untold: dict[tuple[str, int], _Missing] = field(default_factory=dict)

    def fits(self, head: Mapping[str, Any], salt: str, body: Any, parts: Any) -> bool:
        """Whether a body is that of its header, as far as it is there."""
        position, self._seen = self._seen, self._seen + 1
        self._service(head["case"], body)
        if not parts:
            return body_fits(head["body"], salt, body, None)
        gone = frozenset(parts.get("gone", {}))
        old = not head["body"].startswith(FORMAT_2)
        if old and not gone:
            return False
        if not old and not body_fits(head["body"], salt, body, parts):
            return False
        missing = (at for name in ("gone", "sealed") for at in parts.get(name, {}))
        self.never = next((at for at in missing if not takeable(head["kind"], body, at)), None)
        service = self._service(head["case"], body)
        self.fields.update((service, *called(at)) for at in parts.get("sealed", {}))
        self.deleted += bool(gone)
        self.sealed += bool(parts.get("sealed"))
        if gone:
            left = hashlib.sha256(canonical(body)).hexdigest() if old else ""
            self._untold[head["case"], head["n"]] = _Missing(position, gone, left)
        return True

    def _service(self, case: str, body: Any) -> str:
        """The service of a case, as its entries say."""
        payload = body.get("payload") if isinstance(body, Mapping) else None
        named = payload.get("service_id") if isinstance(payload, Mapping) else None
        if case and named:
            self._services.setdefault(case, str(named))
        return self._services.get(case, "")

    def told(self, case: str, body: Mapping[str, Any]) -> int | None:
        """Take note of an entry that may tell of deletions; the position of one that is not as it tells, else None."""
        for n, pointers, left in _entries(body):
            missing = self._untold.get((case, n))
            if missing is None:
                continue
            rest = missing.gone - pointers
            if left and not rest and missing.left != left:
                return missing.position
            if rest:
                self._untold[case, n] = _Missing(missing.position, rest, missing.left)
            else:
                del self._untold[case, n]
        return None

    @property
    def first_untold(self) -> int | None:
        """The position of the first entry of which values are gone that no entry tells of."""
        return min((one.position for one in self._untold.values()), default=None)


def well_formed(parts: Any) -> bool:
    """Whether the `parts` of a line are such as the log writes."""
    if not isinstance(parts, dict) or not parts or not set(parts) <= {"gone", "sealed", "salts"}:
        return False
    try:
        return all(
            isinstance(told, dict) and told and all(bytes.fromhex(one).hex() == one for one in told.values())
            for told in parts.values()
        )
    except (TypeError, ValueError):
        return False


def _entries(body: Mapping[str, Any]) -> Iterator[tuple[int, frozenset[str], str]]:
    """What an entry tells of deletions: the number of an entry, the pointers, and the hash of what is left of it, if told."""
    payload = body.get("payload")
    told = payload.get("entries") if body.get("kind") == "erased" and isinstance(payload, Mapping) else None
    for one in told if isinstance(told, list) else ():
        match one:
            case [int(n), list(pointers), str(left)]:
                yield n, frozenset(map(str, pointers)), left
