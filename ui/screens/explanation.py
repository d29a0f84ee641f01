"""The explanation of a decision as a tree, down to the cell that each number came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui.element import Element

from banshi.ui.texts import Texts


class ExplanationTree(Element, component="explanation.js"):
    """`lines` are `rules.decision.Explanation.to_json()`."""

    def __init__(self, lines: Sequence[Mapping[str, Any]], t: Texts) -> None:
        super().__init__()
        self._props["lines"] = [_line(item, t) for item in lines]


def _line(line: Mapping[str, Any], t: Texts) -> dict[str, Any]:
    return {
        "label": str(line.get("label", "")),
        "value": t.value(line.get("value")),
        "cell": str(line.get("cell", "")),
        "note": str(line.get("en" if t.language == "en" else "zh", "")),
        "parts": [_line(part, t) for part in line.get("parts", ())],
    }
