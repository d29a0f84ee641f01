"""The words of a column before its cells are read: the choices of its question, or any text where the header says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from banshi.rules.expressions.characters import fold, fold_name
from banshi.rules.tables.conditions import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What the column takes for a word whatever it looks like: `8:00～12:00`, `50～100人`.

    `words` gives the choice that each name or label stands for, as `_key` compares them; `open` columns take any text.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    open: bool = False

    @classmethod
    def of(cls, choices: Iterable[tuple[str, Iterable[str]]]) -> Vocabulary:
        """The words of choices, each with its labels. A name goes before a label; what two choices share means neither."""
        choices = list(choices)
        exact = {folded: name for name, _ in choices if (folded := fold_name(name))}
        names = _sure((name, name) for name, _ in choices)
        labels = _sure((label, name) for name, own in choices for label in own)
        return cls(words={**labels, **names, **exact})

    def word(self, text: str) -> Literal | None:
        """The choice that a text names, whatever its width, dashes and blanks; None for any other text."""
        name = self.words.get(fold_name(text)) or self.words.get(_key(text))
        return None if name is None else Literal(name, quoted=True)


OPEN = Vocabulary(open=True)
"""A column whose header says `: text`."""


def _sure(spelt: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The choices by what they are called, without what two of them are called."""
    meant = {(_key(text), fold_name(name)): name for text, name in spelt}
    often = Counter(key for key, _ in meant)
    return {key: name for (key, _), name in meant.items() if key and often[key] == 1}


def _key(text: str) -> str:
    return "".join(fold(text).split())
