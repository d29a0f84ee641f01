"""How a workbook calls what its rules come to: labels of outputs, of the lines of bills and of choices, in a language."""

from __future__ import annotations

from dataclasses import dataclass, field

from banshi.platform.service.model import Field, Form, Service
from banshi.rules.expressions.tree import Reference


@dataclass(frozen=True, slots=True)
class Labels:
    """Labels by the names, and by the texts, that the rule log keeps; what has none is called by its name."""

    names: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def name(self, name: str) -> str:
        """How an output or an item is called."""
        return self.names.get(name, name)

    def text(self, text: str) -> str:
        """How a text among the results reads: the label of the choice that it is."""
        return self.texts.get(text, text)


PLAIN = Labels()


def labels_of(service: Service | None, language: str) -> Labels:
    """The labels of a version; none where it cannot be read any more."""
    if service is None:
        return PLAIN
    language = "en" if language == "en" else "zh"
    names = {
        line.item: label
        for tariff in service.tariffs.values()
        for line in reversed(tariff.lines)  # the first line of an item names it
        if (label := (line.label_en if language == "en" else "") or line.label)
    }
    form = service.survey or Form(children=())
    return Labels({**_shown(form, language), **names}, _choices(form, language))


def _shown(form: Form, language: str) -> dict[str, str]:
    """Outputs that a question shows as they are: they are called as it is."""
    found: dict[str, str] = {}
    for item, _ in form.walk():
        if isinstance(item, Field) and item.calculation and isinstance(root := item.calculation.root, Reference):
            label = item.label.get(language)
            if label and "${" not in label:
                found.setdefault(root.name, label)
    return found


def _choices(form: Form, language: str) -> dict[str, str]:
    """The choices that every list calls alike, by name."""
    seen: dict[str, set[str]] = {}
    for choices in form.choices.values():
        for one in choices:
            seen.setdefault(one.name, set()).add(one.label.get(language) or one.name)
    return {name: labels.pop() for name, labels in seen.items() if len(labels) == 1}
