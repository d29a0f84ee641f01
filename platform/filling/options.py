"""What may be picked for a question, as the drop-downs of a template show it, and which name was meant by a text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from banshi.platform.people.directory import Directory, is_called
from banshi.platform.service.model import Choice, Form
from banshi.platform.workbook.columns import plain

_SEPARATORS = (r"[;；\n|｜]", r"[;；\n|｜,，、]", r"\s")
"""Between several choices; the later ones only where an earlier one does not find them all."""


class Options:
    """A list of choices in one language: `shown` are the texts of a drop-down, each standing for one name.

    A text is looked up exactly as it is shown, then among the names, then in any language and letter case.
    """

    def __init__(self, labels: Sequence[tuple[str, Sequence[str]]]) -> None:
        """`labels` are names with their labels, the one to show first."""
        counts = Counter(texts[0] for _, texts in labels)
        named = [(name, texts[0] if counts[texts[0]] == 1 else f"{texts[0]}（{name}）") for name, texts in labels]
        self.shown = [text for _, text in named]
        self._shown = dict(named)
        words = [(plain(word), name) for name, texts in labels for word in (name, *texts)]
        self._tiers = (
            _grouped([(text, name) for name, text in named]),
            _grouped([(name, name) for name, _ in named]),
            _grouped(words),
        )

    @classmethod
    def of_choices(cls, choices: Sequence[Choice], language: str) -> Options:
        """The choices of a list."""
        return cls(
            [
                (choice.name, (choice.label.get(language) or choice.name, *dict(choice.label.by_language).values()))
                for choice in choices
            ]
        )

    @classmethod
    def of_departments(cls, directory: Directory, language: str) -> Options:
        """Every department."""
        return cls(
            [
                (name, (directory.department_name(name, language), name, entry.english_name or name))
                for name, entry in directory.departments.items()
            ]
        )

    def meant(self, text: str) -> list[str]:
        """The names that a text may mean: one, several, or none."""
        for tier, key in zip(self._tiers, (text, text, plain(text)), strict=True):
            if names := tier.get(key):
                return names
        return []

    def text(self, name: str) -> str:
        """How a name is shown."""
        return self._shown.get(name, name)

    def several(self, text: str) -> list[str]:
        """The parts of a text that names several choices: as it stands, or split where that finds them all."""
        if self.meant(text):
            return [text]
        splits = [[part.strip() for part in re.split(by, text) if part.strip()] for by in _SEPARATORS]
        return next((parts for parts in splits if all(map(self.meant, parts))), splits[1])


def _grouped(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """The names of each text, each once."""
    found: dict[str, dict[str, None]] = {}
    for text, name in pairs:
        found.setdefault(text, {})[name] = None
    return {text: list(names) for text, names in found.items()}


Lists = Mapping[str, Sequence[Choice]]
NO_LISTS: Lists = MappingProxyType({})


def options_of(form: Form, language: str, more: Lists = NO_LISTS) -> dict[str, Options]:
    """The lists of a form by name, and `more` that are not the form's own: whom of an account's holders one may charge."""
    lists = {**form.choices, **more}
    return {name: Options.of_choices(choices, language) for name, choices in lists.items() if choices}


def people_meant(directory: Directory, text: str) -> list[str]:
    """The campus numbers of those whose number, name or label (as it is shown for several of one name) is the text."""
    if text in directory.people:
        return [text]
    own = text.rpartition(" · ")[2]
    if own in directory.people:
        return [own]
    return [person.id for person in directory.find(text) if is_called(person, text)]
