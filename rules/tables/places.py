"""Where the values of a column lie on an axis: which stretch or word, missing, or of another kind. Exact, in numpy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from banshi.rules.tables.bitsets import Ints
from banshi.rules.tables.deciding import as_input
from banshi.rules.tables.index import Axis, Mismatch, comparable, missing
from banshi.rules.tables.spans import ORDERED
from banshi.rules.values import ErrorValue, Kind


@dataclass(frozen=True, slots=True)
class Places:
    """The bitset of every input on an axis, and the inputs that are error values."""

    at: Ints
    wrong: npt.NDArray[np.bool_]

    def repeated(self, size: int) -> Places:
        """One place for all inputs."""
        return Places(np.repeat(self.at[:1], size), np.repeat(self.wrong[:1], size))


def places_of(axis: Axis, column: Sequence[Any]) -> Places:
    """The places of a column, in the order of `Bitsets`: the atoms, then missing, then another kind."""
    one = _finder(axis)
    if axis.kind is Kind.NUMBER:
        return _numbers(axis, column, one)
    return _one_by_one(column, one)


def is_missing(value: Any) -> bool:
    """Whether a frame says that there is nothing: None, NaN, NaT."""
    return value is None or (isinstance(value, float) and value != value) or type(value).__name__ == "NaTType"


def _finder(axis: Axis) -> Callable[[Any], int]:
    """The place of one value; -1 for an error value."""
    words = {word: at for at, word in enumerate(axis.by_word)}
    atoms = len(axis.masks) if axis.kind in ORDERED else len(words) + 1

    def find(raw: Any) -> int:
        value = None if is_missing(raw) else as_input(raw)
        if isinstance(value, ErrorValue) or axis.is_fraction(value):
            return -1
        if missing(value):
            return atoms
        found = comparable(value, axis.kind)
        if isinstance(found, Mismatch):
            return atoms + 1
        return bisect_right(axis.cuts, (found, 0)) if axis.kind in ORDERED else words.get(found, atoms - 1)

    return find


def _one_by_one(column: Sequence[Any], one: Callable[[Any], int]) -> Places:
    # By class as well: Python holds TRUE and 1 equal, a table does not.
    known: dict[tuple[type, Any], int] = {}
    at = np.empty(len(column), dtype=np.int64)
    for i, value in enumerate(column):
        key = (value.__class__, value)
        place = known.get(key)
        if place is None:
            place = known[key] = one(value)
        at[i] = place
    return Places(at, at < 0)


def _numbers(axis: Axis, column: Sequence[Any], one: Callable[[Any], int]) -> Places:
    """As floats, which keep the order of decimals; where a value equals an end in floats, the decimals are compared."""
    floats = np.asarray(column, dtype=np.float64) if isinstance(column, np.ndarray) else _floats(column)
    ends = np.array([float(cut[0]) for cut in axis.cuts], dtype=np.float64)
    at = np.searchsorted(ends, floats, side="left").astype(np.int64)
    close = (at != np.searchsorted(ends, floats, side="right")) | ~np.isfinite(floats)
    if axis.whole:
        close |= floats != np.floor(floats)
    doubtful = np.nonzero(close)[0]
    plain = [column[i].item() if isinstance(column, np.ndarray) else column[i] for i in doubtful.tolist()]
    at[doubtful] = _one_by_one(plain, one).at
    return Places(at, at < 0)


def _floats(column: Sequence[Any]) -> npt.NDArray[np.float64]:
    """The numbers of a list as floats; NaN for all that is no number."""
    floats = np.full(len(column), np.nan)
    for i, value in enumerate(column):
        if value.__class__ is Decimal or value.__class__ is int or value.__class__ is float:
            try:
                floats[i] = value
            except (OverflowError, ValueError):
                continue
    return floats
