"""Signing with a finger, a pen or a mouse, as one browser element."""

from __future__ import annotations

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from banshi.ui.components.form_texts import FORM_TEXTS
from banshi.ui.texts import Texts

_LONGEST_ID = 64


class Signature(Element, component="signature.js", dependencies=["form_pad.js"]):
    """`file` is the id of the picture that was written, empty until then."""

    def __init__(self, t: Texts, *, language: str) -> None:
        super().__init__()
        self.file = ""
        own = FORM_TEXTS["en" if language == "en" else "zh"]
        self._props["label"] = t("task.signature")
        self._props["language"] = language
        self._props["t"] = {
            **{key: own[key] for key in ("pad_take", "clear", "signature_file")},
            "again": t("task.sign_again"),
            "failed": t("task.signature_failed"),
        }
        self.on("signed", self._signed)

    def _signed(self, event: GenericEventArguments) -> None:
        self.file = str(event.args or "")[:_LONGEST_ID]
