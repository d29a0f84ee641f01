"""Files in answers: what a client says of a file is replaced by what the store knows of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from banshi.platform.errors import Declined
from banshi.platform.people.directory import Person
from banshi.platform.service.model import Service
from banshi.platform.views import Problem
from banshi.storage.contract import Store, StoredAttachment


def as_answer(stored: StoredAttachment) -> dict[str, Any]:
    """How an attached file stands in the answers."""
    return {"id": stored.id, "name": stored.name, "size": stored.size, "type": stored.media_type}


def files_of(words: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The files of an event: those of a comment, and a signature."""
    signature = words.get("signature")
    return [*words.get("files", ()), *([signature] if signature else [])]


def loose(store: Store, person: Person, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Files that go with an opinion or a comment, as an event keeps them: a person's own that belong to no case yet.

    Raises Declined where one is not there any more.
    """
    stored = [store.attachment(file) for file in dict.fromkeys(ids)]
    if any(file is None or file.person != person.id or file.case_id for file in stored):
        raise Declined("附件已失效，请重新上传。", "A file is no longer there; please attach it again.")
    return [as_answer(file) for file in stored if file is not None]


def settle(
    service: Service, answers: Mapping[str, Any], store: Store, person: Person, case_id: str, language: str
) -> tuple[dict[str, Any], list[str], list[Problem]]:
    """The answers with the store's word on every file, the ids of the files, and those that are not the person's.

    A file may be used by the person who attached it, and by everybody who handles the case that it belongs to.
    """
    ids: list[str] = []
    problems: list[Problem] = []
    questions = _file_questions(service)

    def one(value: Any, path: str) -> Any:
        if not isinstance(value, Mapping) or "id" not in value:
            return value
        stored = store.attachment(str(value["id"]))
        mine = stored is not None and (stored.case_id == case_id if stored.case_id else stored.person == person.id)
        if stored is None or not mine:
            text = {"zh": "附件已失效，请重新上传。", "en": "This file is no longer there; please attach it again."}
            problems.append(Problem(path=path, message=text["en" if language == "en" else "zh"], code="FORM-FILE"))
            return None
        ids.append(stored.id)
        return as_answer(stored)

    def row(values: Mapping[str, Any], path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in values.items():
            here = f"{path}.{key}" if path else str(key)
            inner = one if key in questions else lambda item, at: row(item, at) if isinstance(item, Mapping) else item
            if isinstance(value, list | tuple):
                made[key] = [inner(item, f"{here}[{i}]") for i, item in enumerate(value, start=1)]
            else:
                made[key] = inner(value, here) if key in questions else value
        return made

    return row(answers, ""), ids, problems


def file_ids(service: Service, answers: Mapping[str, Any]) -> Iterator[str]:
    """The ids of every file in answers."""
    questions = _file_questions(service)
    for key, value in answers.items():
        for item in value if isinstance(value, list | tuple) else (value,):
            if not isinstance(item, Mapping):
                continue
            if key in questions:
                yield str(item.get("id", ""))
            else:
                yield from file_ids(service, item)


def _file_questions(service: Service) -> frozenset[str]:
    """The questions that are answered by files."""
    items = service.survey.walk() if service.survey else ()
    return frozenset(item.name for item, _ in items if item.type in {"file", "image"})
