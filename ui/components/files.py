"""Files that go with an opinion or a comment, as one browser element: sent at once, looked at, taken out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from banshi.ui.components.form_texts import FORM_TEXTS
from banshi.ui.components.fragments import fragment

MOST_FILES = 10
_LONGEST_ID = 64
_KEYS = (
    "choose_files",
    "file_types",
    "file_limit",
    "file_count",
    "file_surplus",
    "file_too_large",
    "file_refused_size",
    "file_failed",
    "file_remove",
    "remove",
    "uploading",
    "upload_stop",
)
_TEXTS = {language: fragment({key: texts[key] for key in _KEYS}) for language, texts in FORM_TEXTS.items()}


class Files(Element, component="files.js", dependencies=["form_files.js", "form_pad.js", "form_values.js"]):
    """`files` are what was attached, as the server told the browser; `ids` are what a command takes, `uploading` whether some are on their way."""

    def __init__(
        self, label: str, field_id: str, *, limit: int, language: str, kept: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        super().__init__()
        self.files: Sequence[Mapping[str, Any]] = kept
        self.uploading = False
        self._props["id"] = field_id
        self._props["label"] = label
        self._props["language"] = language
        self._props["most"] = MOST_FILES
        self._props["limit"] = limit
        self._props["kept"] = list(kept)
        self._props["t"] = _TEXTS["en" if language == "en" else "zh"]
        self.on("files", self._told)
        self.on("uploading", self._counted)

    @property
    def ids(self) -> list[str]:
        """The ids of the files. The hall takes only those that are the person's own."""
        return [str(file.get("id", ""))[:_LONGEST_ID] for file in self.files]

    def _counted(self, event: GenericEventArguments) -> None:
        self.uploading = bool(event.args)

    def _told(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, list) else []
        self.files = [file for file in told if isinstance(file, dict)][:MOST_FILES]
