"""The form of a service as one browser element: `form.js` shows it, the schema tells it everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from nicegui import ui
from nicegui.events import GenericEventArguments
from ulid import ULID

from banshi.rules.values import loads
from banshi.ui.components.form_texts import FORM_TEXTS
from banshi.ui.components.fragments import fragment
from banshi.ui.sound import is_sound

Handler = Callable[[dict[str, Any]], Any]
Row = tuple[tuple[str, int], ...]

_LONGEST_SEARCH = 60  # characters
_MOST_CHOSEN = 1000
_PATIENCE = 3.0  # seconds for a browser to say that it has heard
_COMMAND = re.compile(r"[0-9a-f]{32}")
_TEXTS = {language: fragment(texts) for language, texts in FORM_TEXTS.items()}
"""As bytes shared by all pages: as objects each page would hold 5 KB of its own."""
_MODULES: list[str | Path] = [
    "decimals.js",
    "expression_values.js",
    "expression_functions.js",
    "expressions.js",
    "form_answers.js",
    "form_checks.js",
    "form_choosing.js",
    "form_device.js",
    "form_draft.js",
    "form_field.js",
    "form_files.js",
    "form_map.js",
    "form_matrix.js",
    "form_grid.js",
    "form_media.js",
    "form_memo.js",
    "form_model.js",
    "form_pad.js",
    "form_paste.js",
    "form_places.js",
    "form_rank.js",
    "form_repeat.js",
    "form_review.js",
    "form_search.js",
    "form_talk.js",
    "form_text.js",
    "form_values.js",
]


class ServiceForm(ui.element, component="form.js", dependencies=_MODULES):
    """A generated form. The page also needs the style sheet `form.css`.

    Handlers get the answers as the browser has them: JSON values by field, numbers as the text that was typed.
    """

    def __init__(
        self,
        schema: bytes,
        *,
        values: bytes = b"{}",
        chosen: Mapping[str, Any] | None = None,
        known: bytes = b"null",
        mode: str = "edit",
        draft_key: str = "",
        edit: Sequence[str] = (),
        hidden: Sequence[str] = (),
        require: Sequence[str] = (),
        language: str = "zh",
        panels: bool = False,
        told_of_draft: bool = False,
        media: str = "",
        file_limit: int = 20 * 1024 * 1024,
        known_draft: str = "",
        on_draft: Callable[[dict[str, Any], str, str], Any] | None = None,
        on_find: Callable[[str], Any] | None = None,
        on_choices: Callable[[str, str, Row, dict[str, Any]], Any] | None = None,
        on_evaluate: Callable[[dict[str, Any], frozenset[str]], Any] | None = None,
        on_submit: Handler | None = None,
    ) -> None:
        """Show a form.

        Args:
            schema: `form_schema` as JSON; sent as it is, so that all tabs of a version share one object.
            values: The answers to begin with, as JSON.
            chosen: The people whom the applicant chose before, numbers by step.
            known: What the server has found of these answers (`Evaluation.to_json`), as JSON, where that is known already.
            mode: `edit` (fill in and send), `view` (read only) or `task` (read only but for the items in `edit`).
            draft_key: Where the browser keeps what was typed (person, service); empty keeps nothing. In the
                mode `view` what was kept there is thrown away.
            edit: Fields and groups that may be changed in the mode `task`; `*` is all of them.
            hidden: Fields and groups that are not shown.
            require: Fields and groups that must be filled in besides those that the form requires.
            language: `zh` or `en`.
            panels: Whether the element itself shows bills, findings and the route ahead.
            told_of_draft: Whether the page around it says already that a draft was put back, and offers to discard it.
            media: The address below which the files stand that labels show.
            file_limit: Bytes that one attached file may have, said before somebody chooses one.
            known_draft: A mark of the draft that `values` are, or of the moment where there is none: it comes back with
                what is kept, so that a window which knows an older one can be told.
            on_draft: Called with the answers, that mark and the browser's own mark of the answers, a moment after each
                change; answer with `set_saved`, `set_elsewhere` or `set_gone`.
            on_find: Called with a part of a person's name or number; awaited for `[{name, label, exact}]`, where
                `exact` says that it is all of the name. Without it, people write the number.
            on_choices: Called with a question whose list of choices is long, a part of a label or name, the row and the
                answers; awaited for `[{name, label}]`.
            on_evaluate: Called with the answers, and the names of the questions on the pages that were left behind;
                awaited for what the rules say (`Evaluation.to_json()` and, where there is one, the `route` ahead), or
                None where the answer was overtaken.
            on_submit: Called with the answers when they are sent; `command_id` is set before. Answer with `sent` or
                `set_errors`.

        `chosen` is, whenever a handler is called, whom the applicant has chosen to be asked: numbers by step.
        """
        super().__init__()
        self.command_id = ""
        self.chosen = _chosen(dict(chosen or {}))
        self._props["chosen-before"] = self.chosen
        self.on("chosen", lambda event: setattr(self, "chosen", _chosen(event.args)))
        self._props["schema"] = orjson.Fragment(schema)
        self._props["values"] = fragment(for_browser(loads(values)))
        self._props["known"] = fragment(for_browser(loads(known)))
        self._props["mode"] = mode
        self._props["draft-key"] = draft_key
        self._props["known-draft"] = known_draft
        self._props["edit"] = fragment(list(edit))
        self._props["hidden"] = fragment(list(hidden))
        self._props["require"] = fragment(list(require))
        self._props["language"] = language
        self._props["panels"] = panels
        self._props["told-of-draft"] = told_of_draft
        self._props["media"] = media
        self._props["file-limit"] = file_limit
        self._props["t"] = _TEXTS["en" if language == "en" else "zh"]
        if on_draft is not None:
            self.on("draft", self._kept_by(on_draft))
        self._props["finds"] = on_find is not None
        if on_find is not None:
            self.on("find", self._found_by(on_find))
        if on_choices is not None:
            self.on("choices", self._chosen_by(on_choices))
        if on_evaluate is not None:
            self.on("evaluate", self._asked_by(on_evaluate))
        if on_submit is not None:
            self.on("submit", self._sent_by(on_submit))

    def set_errors(self, errors: Sequence[Mapping[str, Any]]) -> None:
        """Give the problems that kept the form from being sent: `path`, `message`, `remedy`, `reference`, `reopen` (offer to)."""
        self.run_method("setErrors", for_browser(list(errors)))

    def set_saved(self, mark: str, what: str) -> None:
        """Say that the server has kept the answers that the browser marked as `what`, under which mark of a draft."""
        self.run_method("setSaved", mark, what)

    def set_elsewhere(self, mark: str, answers: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
        """Say what the draft is that was saved meanwhile.

        Where this window sent it itself, the browser knows it again and goes on; else whoever fills in decides which of
        the two does.
        """
        self.run_method("setElsewhere", mark, for_browser({"answers": answers, "chosen": chosen}))

    def set_gone(self, message: str) -> None:
        """Say that the draft was sent or thrown away in another window; whoever fills in may go on with another application.

        Then `on_draft` is called with the mark `none any more`.
        """
        self.run_method("setGone", message)

    async def sent(self) -> None:
        """Say that the form has been sent, and wait until the browser has thrown its own draft away.

        Whoever takes the form off the page without waiting takes it off before the browser has heard.
        """
        with suppress(TimeoutError):  # whoever lost the connection is told when it is back
            await self.run_method("sent", timeout=_PATIENCE)

    def begin_again(self) -> None:
        """Let the browser throw its draft away, and begin at the first page when the form opens again."""
        self.run_method("beginAgain")

    async def answers(self) -> dict[str, Any]:
        """The answers as they stand in the browser now."""
        return _answers(await self.run_method("answersNow", timeout=10))

    async def validate(self, edit: Sequence[str], require: Sequence[str]) -> bool:
        """Whether the browser finds nothing wrong with the items that one task edits and requires; it shows what it finds."""
        return await self.run_method("validate", list(edit), list(require), timeout=10) is True

    @staticmethod
    def _kept_by(handler: Callable[[dict[str, Any], str, str], Any]) -> Callable[[GenericEventArguments], Any]:
        def handle(event: GenericEventArguments) -> Any:
            told = event.args if isinstance(event.args, list) and len(event.args) == 3 else [event.args, "", ""]
            return handler(_answers(told[0]), str(told[1]), str(told[2]))

        return handle

    def _asked_by(
        self, handler: Callable[[dict[str, Any], frozenset[str]], Any]
    ) -> Callable[[GenericEventArguments], Any]:
        async def handle(event: GenericEventArguments) -> None:
            told = _answers(event.args)
            passed = told.get("passed")
            names = frozenset(map(str, passed)) if isinstance(passed, list) else frozenset()
            result = await handler(_answers(told.get("answers")), names)
            if result is not None and not self.is_deleted:
                self.run_method("setServer", for_browser(result), told.get("revision"))

        return handle

    def _found_by(self, handler: Callable[[str], Any]) -> Callable[[GenericEventArguments], Any]:
        async def handle(event: GenericEventArguments) -> None:
            asked = _answers(event.args)
            found = await handler(str(asked.get("what", ""))[:_LONGEST_SEARCH])
            if found is not None and not self.is_deleted:
                self.run_method("setFound", asked.get("id"), found)

        return handle

    def _chosen_by(
        self, handler: Callable[[str, str, Row, dict[str, Any]], Any]
    ) -> Callable[[GenericEventArguments], Any]:
        async def handle(event: GenericEventArguments) -> None:
            asked = _answers(event.args)
            what = str(asked.get("what", ""))[:_LONGEST_SEARCH]
            question, row = str(asked.get("question", "")), _row(asked.get("row"))
            found = await handler(question, what, row, _answers(asked.get("answers")))
            if found is not None and not self.is_deleted:
                self.run_method("setFound", asked.get("id"), found)

        return handle

    def _sent_by(self, handler: Handler) -> Callable[[GenericEventArguments], Any]:
        def handle(event: GenericEventArguments) -> Any:
            sent = _answers(event.args)
            command = sent.get("command_id")
            # One sending keeps its id over reloads and reconnections, so that sending again has no second effect.
            self.command_id = command if isinstance(command, str) and _COMMAND.fullmatch(command) else str(ULID())
            return handler(_answers(sent.get("answers")))

        return handle


def _answers(raw: object) -> dict[str, Any]:
    """What a browser sent, if it is an object; anything can come over a socket."""
    return {str(key): value for key, value in raw.items()} if isinstance(raw, dict) and is_sound(raw) else {}


def _chosen(raw: object) -> dict[str, list[str]]:
    """Whom a browser says that the applicant chose."""
    lists = {step: ids for step, ids in _answers(raw).items() if isinstance(ids, list)}
    return {step: [str(one) for one in ids[:_MOST_CHOSEN]] for step, ids in lists.items()}


def _row(raw: object) -> Row:
    """A row as a browser tells it, `[[repeat, index], …]`; outside all repeats where it is anything else."""
    pairs = raw if isinstance(raw, list) else []
    if not all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], int) for pair in pairs):
        return ()
    return tuple((str(repeat), index) for repeat, index in pairs)


def for_browser(value: object) -> Any:
    """Values for the browser: numbers as text, because JavaScript's lose digits (9.60, and all behind the fifteenth)."""
    match value:
        case Decimal():
            return format(value, "f")
        case date() | time():
            return value.isoformat()
        case Mapping():
            return {str(key): for_browser(item) for key, item in value.items()}
        case list() | tuple():
            return [for_browser(item) for item in value]
        case _:
            return value
