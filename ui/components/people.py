"""Finding people by name or number, as one browser element."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from banshi.ui.components.form_texts import FORM_TEXTS
from banshi.ui.components.fragments import fragment

MOST_PEOPLE = 20
_LONGEST_SEARCH = 60  # characters
_KEYS = ("search", "matches", "no_match", "narrow", "show_more", "remove", "remove_person")
_TEXTS = {language: fragment({key: texts[key] for key in _KEYS}) for language, texts in FORM_TEXTS.items()}


class People(Element, component="people.js", dependencies=["form_search.js"]):
    """`find` gives `[{name, label}]` for a part of a name; `people` are the campus numbers of those who are chosen."""

    def __init__(
        self,
        label: str,
        field_id: str,
        find: Callable[[str], Awaitable[Any]],
        *,
        language: str,
        most: int = MOST_PEOPLE,
    ) -> None:
        super().__init__()
        self.people: Sequence[str] = ()
        self._props["id"] = field_id
        self._props["label"] = label
        self._props["most"] = most
        self._props["t"] = _TEXTS["en" if language == "en" else "zh"]

        async def found(event: GenericEventArguments) -> None:
            asked = event.args if isinstance(event.args, dict) else {}
            people = await find(str(asked.get("what", ""))[:_LONGEST_SEARCH])
            if not self.is_deleted:
                self.run_method("setFound", asked.get("id"), people or [])

        def chosen(event: GenericEventArguments) -> None:
            self.people = [str(key) for key in event.args][:most] if isinstance(event.args, list) else ()

        self.on("find", found)
        self.on("people", chosen)

    def clear_people(self) -> None:
        """Take everybody out again."""
        self.people = ()
        self.run_method("clear")
