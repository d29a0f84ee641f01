"""Files in answers: what a client says of a file is replaced by what the store knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from banshi.platform.people.directory import Person
from banshi.platform.views import Problem
from banshi.storage.contract import Store, StoredAttachment


def as_answer(stored: StoredAttachment) -> dict[str, Any]:
    """How an attached file stands in the answers."""
    return {"id": stored.id, "name": stored.name, "size": stored.size, "type": stored.media_type}


def settle(
    answers: Mapping[str, Any], store: Store, person: Person, case_id: str, language: str
) -> tuple[dict[str, Any], list[str], list[Problem]]:
    """The answers with the store's word on every file, the ids of the files, and those that are not the person's.

    A file may be used by the person who attached it, and by everybody who handles the case that it belongs to.
    """
    ids: list[str] = []
    problems: list[Problem] = []

    def walk(value: Any, path: str) -> Any:
        if isinstance(value, Mapping) and "id" in value and "name" in value:
            stored = store.attachment(str(value["id"]))
            mine = stored is not None and (stored.case_id == case_id if stored.case_id else stored.person == person.id)
            if stored is None or not mine:
                text = {"zh": "附件已失效，请重新上传。", "en": "This file is no longer there; please attach it again."}
                problems.append(Problem(path=path, message=text["en" if language == "en" else "zh"], code="FORM-FILE"))
                return None
            ids.append(stored.id)
            return as_answer(stored)
        if isinstance(value, Mapping):
            return {key: walk(item, f"{path}.{key}" if path else str(key)) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [walk(item, f"{path}[{i}]") for i, item in enumerate(value, start=1)]
        return value

    return walk(dict(answers), ""), ids, problems


def file_ids(value: Any) -> Iterator[str]:
    """The ids of every file in answers."""
    if isinstance(value, Mapping):
        if "id" in value and "name" in value:
            yield str(value["id"])
        for item in value.values():
            yield from file_ids(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from file_ids(item)
