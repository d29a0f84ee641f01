"""A service's form as an XForm, for ODK, Kobo and Enketo: written by pyxform, which is installed with `banshi[convert]`.

XForms know a form and nothing after it. Whatever else a workbook says, and whatever of the form itself has to be left
out or is changed, is listed: nothing is lost in silence. Names that are not ASCII get a number, because ODK Collect's
engine refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from banshi.platform.forms.choices import bound_filter, column_names
from banshi.platform.forms.xpath import NotCarried, XPath
from banshi.platform.service.model import METADATA, UNLABELLED, Choice, Field, Form, Group, Item, Repeat, Service, Texts
from banshi.rules.expressions import Expression
from banshi.rules.expressions.tree import Boolean, Number, Text, walk

_ASCII = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_MENTION = re.compile(r"[$＄][{｛]([^{}｛｝]+)[}｝]")
_LANGUAGES = {"zh": "中文 (zh)", "en": "English (en)"}
_TYPES = {"money": "decimal", "datetime": "dateTime", "person": "text", "department": "text", "account": "text"}
_TYPES_BY_LOOK = {
    "locate": "geopoint", "geotrace": "geotrace", "geoshape": "geoshape", "scan": "barcode", "audio": "audio",
    "video": "video", "range": "range",
}  # fmt: skip
_LOOKS = {"多行": "multiline"}
_OWN_LOOKS = frozenset({"cards", "卡片", "grid", *_TYPES_BY_LOOK})
_EXPRESSIONS = ("relevant", "required", "constraint", "calculation", "readonly")
_TEXTS = {
    "label": "label", "hint": "hint", "guidance": "guidance_hint", "required_message": "required_message",
    "constraint_message": "constraint_message",
}  # fmt: skip
_PARAMETERS = {
    "range": ("start", "end", "step"), "image": ("max-pixels",), "select_one": ("randomize", "seed"),
    "select_multiple": ("randomize", "seed"), "rank": ("randomize", "seed"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Left:
    """Something that does not arrive as the workbook has it: what, and why, in both languages."""

    what: str
    zh: str
    en: str

    def message(self, language: str) -> str:
        """The line to print."""
        return f"{self.what}: {self.en}" if language == "en" else f"{self.what}：{self.zh}"


class Refused(Exception):
    """pyxform does not take the form; its sentence is English."""


@dataclass(frozen=True, slots=True)
class XForm:
    """The XML, and what it does not carry."""

    xml: str
    left: tuple[Left, ...]


def xform(service: Service) -> XForm:
    """The form of a service. Raises ImportError without pyxform, Refused where pyxform says no."""
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    sheets, left = xlsform(service)
    try:
        # Of itself pyxform takes the header from the first hundred rows.
        headers = {
            f"{name}_header": [dict.fromkeys(key for row in rows for key in row)] for name, rows in sheets.items()
        }
        made = convert(xlsform={**sheets, **headers}, validate=False)
    except PyXFormError as error:
        raise Refused(str(error)) from error
    return XForm(made.xform, left)


def xlsform(service: Service) -> tuple[dict[str, list[dict[str, str]]], tuple[Left, ...]]:
    """The sheets `survey`, `choices` and `settings` of an ordinary XLSForm, and what they do not carry."""
    title = service.settings.instance_name
    writer = _Writer(service.survey or Form(children=()), title.names if title is not None else frozenset())
    settings = {"form_id": service.settings.id, "form_title": service.settings.title.get(), "default_language": ""}
    settings["default_language"] = writer.default_language
    settings["allow_choice_duplicates"] = "yes" if writer.duplicates else ""
    sheets = {
        "survey": list(writer.rows(writer.form.children)),
        "choices": list(writer.choices()),
        "settings": [{key: value for key, value in settings.items() if value}],
    }
    if service.settings.instance_name is not None:
        writer.expression(settings, "instance_name", service.settings.instance_name, "settings", writer.xpath)
        sheets["settings"][0] |= {key: value for key, value in settings.items() if key == "instance_name"}
    return sheets, (*_other_sheets(service), *writer.renamed(), *dict.fromkeys(writer.left))


def _other_sheets(service: Service) -> Iterator[Left]:
    """What a workbook has and a form in ODK does not."""
    why = ("XForms 只有表单，这一部分没有带过去。", "an XForm is only a form; this is not carried.")
    for word, names in (("rules", service.tables), ("fees", service.tariffs), ("policy", service.policies)):
        for name in names:
            yield Left(f"{word}.{name}" if name != word else word, *why)
    if service.routing is not None:
        yield Left("route", *why)
    for name in service.datasets:
        if service.survey is None or name not in service.survey.choices:
            yield Left(f"data.{name}", f"没有带过去；pulldata 要用它时请另附 {name}.csv。",
                       f"not carried; where pulldata reads it, attach it as {name}.csv.")  # fmt: skip


def numbered(names: Sequence[str], letter: str) -> dict[str, str]:
    """Names as XForms take them everywhere: ASCII ones stay, the others are `q1`, `q2` …"""
    taken = {name for name in names if _ASCII.fullmatch(name)}
    free = (f"{letter}{number}" for number in range(1, 10**9))
    return {name: name if name in taken else next(one for one in free if one not in taken) for name in names}


def _nodes(items: Sequence[Item], read: Collection[str]) -> dict[str, str]:
    """The node of every item. A path (`trip/amount`, of several amounts) is the name alone where nothing reads it, since
    pyxform refuses what reads one of several.
    """
    names = list(dict.fromkeys(item.name for item in items if item.name))
    own: dict[str, str] = {}
    for name in names:
        whole = name.strip("/").replace("/", "_")
        own[name] = name.rpartition("/")[2] if name not in read else name if whole in names else whole
    nodes = numbered(list(dict.fromkeys(own.values())), "q")
    return {name: nodes[own[name]] for name in names}


def _read(item: Item) -> Iterator[str]:
    """What the expressions and texts of an item name."""
    for part in (getattr(item, part.name) for part in fields(item)):
        if isinstance(part, Expression):
            yield from part.names
            yield from (node.value for node in walk(part.root) if isinstance(node, Text))
        elif isinstance(part, Texts):
            yield from (name.strip() for _, text in part.by_language for name in _MENTION.findall(text))
    if isinstance(item, Field):
        yield from (*item.trigger, item.chosen_from)


@dataclass(slots=True)
class _Writer:
    form: Form
    titled: frozenset[str]
    left: list[Left] = field(default_factory=list)
    names: dict[str, str] = field(init=False)
    values: dict[str, str] = field(init=False)
    lists: dict[str, str] = field(init=False)
    columns: dict[str, str] = field(init=False)
    languages: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        items = [item for item, _ in self.form.walk()]
        choices = [choice for some in self.form.choices.values() for choice in some]
        self.names = _nodes(items, self.titled | frozenset(read for item in items for read in _read(item)))
        self.values = {one.name: "_".join(one.name.split()) for one in choices if len(one.name.split()) > 1}
        self.lists = numbered(list(self.form.choices), "list")
        self.columns = numbered(sorted(column_names(choices)), "column")
        labels = [*(item.label for item in items), *(choice.label for choice in choices)]
        self.languages = frozenset(language for label in labels for language, _ in label.by_language)
        self._drop_what_cannot_be_computed([item for item in items if isinstance(item, Field)])

    @property
    def default_language(self) -> str:
        """The language that a form begins with; empty where all of it is Chinese, which needs no name."""
        return "" if "en" not in self.languages else _LANGUAGES["en" if self.languages == {"en"} else "zh"]

    @property
    def duplicates(self) -> bool:
        """Whether a name stands twice in a list."""
        lists = [[choice.name for choice in choices] for choices in self.form.choices.values()]
        return any(len(set(names)) < len(names) for names in lists)

    @property
    def xpath(self) -> XPath:
        return XPath(self.names, self.columns, self.values)

    def _drop_what_cannot_be_computed(self, fields: Sequence[Field]) -> None:
        """A calculation that XForms cannot do is no node there, and neither is what is computed from it."""
        dropped = True
        while dropped:
            dropped = False
            for item in fields:
                if item.type == "calculate" and item.name in self.names and item.calculation is not None:
                    try:
                        self.xpath.of(item.calculation)
                    except NotCarried as not_carried:
                        del self.names[item.name]
                        self._not_carried(item.calculation, f"survey {item.name} calculation", not_carried.part)
                        dropped = True

    def rows(self, items: Sequence[Item]) -> Iterator[dict[str, str]]:
        """The rows of the survey sheet."""
        for item in items:
            if item.name and item.name not in self.names:
                continue
            inside = list(self.rows(item.children)) if isinstance(item, Group) else []
            if isinstance(item, Group) and not inside:
                self.left.append(
                    Left(f"survey {item.name}", "空的分组没有带过去。", "a group of nothing is not carried.")
                )
                continue
            row = {"type": item.type, "name": self.names.get(item.name, "")}
            if isinstance(item, Field) and (told := _metadata_of(item)):
                yield {**row, "type": told}  # ODK knows it by itself, at its own moment
                continue
            self._write_row(row, item)
            yield {key: text for key, text in row.items() if text}
            if isinstance(item, Group):
                yield from inside
                yield {"type": "end_repeat" if isinstance(item, Repeat) else "end_group"}

    def _write_row(self, row: dict[str, str], item: Item) -> None:
        where = f"survey {item.name}"
        for name, header in _TEXTS.items():
            self._texts(row, header, item.marked.get(name, getattr(item, name, Texts())), where)
        self._shown(row, item, where)
        for name in _EXPRESSIONS:
            self.expression(row, name, getattr(item, name, None), where, self.xpath)
        looks = item.appearance.split()
        row["appearance"] = " ".join(_LOOKS.get(look, look) for look in looks if look not in _OWN_LOOKS)
        if lost := [look for look in looks if look in {"cards", "卡片", "grid"}]:
            self.left.append(
                Left(f"{where} appearance", f"没有“{lost[0]}”这种外观。", f"there is no appearance “{lost[0]}”.")
            )
        if isinstance(item, Repeat):
            self.expression(row, "repeat_count", item.count, where, self.xpath)
        if isinstance(item, Field):
            self._question(row, item, where, looks)

    def _question(self, row: dict[str, str], item: Field, where: str, looks: Sequence[str]) -> None:
        by_look = next((_TYPES_BY_LOOK[look] for look in looks if look in _TYPES_BY_LOOK), "")
        row["type"] = by_look or _TYPES.get(item.type, item.type)
        if item.type in _TYPES and item.type != "datetime":
            told = f"题型 {item.type} 改成了 {row['type']}。", f"the type {item.type} became {row['type']}."
            self.left.append(Left(where, *told))
        self._renewal(row, item, where)
        parameters = {key: item.parameters[key] for key in _PARAMETERS.get(row["type"], ()) if key in item.parameters}
        row["parameters"] = " ".join(f"{key}={value}" for key, value in parameters.items())
        if item.choices in self.lists:
            row["type"] = f"{item.type} {self.lists[item.choices]}"
        elif item.chosen_from:
            row["type"] = f"{item.type} ${{{self.names.get(item.chosen_from, item.chosen_from)}}}"
        elif item.choices:
            row["type"] = "text"
            self.left.append(
                Left(
                    where,
                    f"选项“{item.choices}”不在选项表，改成了文本。",
                    f"the choices “{item.choices}” are not in the sheet; it became text.",
                )
            )
        if item.choice_filter is not None:
            bound = bound_filter(item.choice_filter, self.form.choices.get(item.choices, ()))
            self.expression(row, "choice_filter", bound, where, self.xpath)
        self._default(row, item, where)
        if item.prefill is not None:
            self._not_carried(item.prefill, f"{where} prefill", "prefill")

    def _renewal(self, row: dict[str, str], item: Field, where: str) -> None:
        """What puts a value in anew: the questions, and the calculation of an open one."""
        if item.renewal is not None:
            self.expression(row, "calculation", item.renewal, where, self.xpath)
        known = [f"${{{self.names[name]}}}" for name in item.trigger if name in self.names]
        if known and row.get("calculation"):
            row["trigger"] = ", ".join(known)

    def _default(self, row: dict[str, str], item: Field, where: str) -> None:
        match item.default and item.default.root:
            case None:
                return
            case Text(value=text):
                row["default"] = self.values.get(text, text)
            case Number(value=number):
                row["default"] = format(number, "f")
            case _:
                self.expression(row, "default", item.default, where, self.xpath)

    def expression(self, row: dict[str, str], name: str, found: Expression | None, where: str, xpath: XPath) -> None:
        """Write an expression into a row, or say that it is left out."""
        if found is None:
            return
        if name in ("required", "readonly") and isinstance(found.root, Boolean):
            row[name] = "yes" if found.root.value else "no"
            return
        try:
            row[name] = xpath.of(found)
        except NotCarried as not_carried:
            self._not_carried(found, f"{where} {name}", not_carried.part)

    def _not_carried(self, found: Expression, where: str, part: str) -> None:
        said = " ".join(found.text.split())
        self.left.append(
            Left(where, f"XForms 没有“{part}”，没有带过去：{said}", f"XForms have no “{part}”; not carried: {said}")
        )

    def _texts(self, row: dict[str, str], name: str, texts: Texts, where: str) -> None:
        by_language = dict(texts.by_language)
        if self.default_language and "" in by_language:  # a column without a language is in the first one
            by_language.setdefault("zh" if self.default_language == _LANGUAGES["zh"] else "en", by_language.pop(""))
        for language, text in by_language.items():
            header = f"{name}::{_LANGUAGES[language]}" if self.default_language and language in _LANGUAGES else name
            row[header] = _MENTION.sub(lambda found: self._mention(found[1].strip(), f"{where} {name}"), text)

    def _shown(self, row: dict[str, str], of: Item | Choice, where: str) -> None:
        """What is seen of a question or a choice: its media; its name where it has no label, since ODK wants one."""
        for media in of.media:
            self._texts(row, f"media::{media.kind}", Texts(((media.language, media.file),)), where)
            self.left.append(Left(where, f"请另附文件 {media.file}。", f"attach the file {media.file}."))
        if not of.label.by_language and (isinstance(of, Choice) or of.type not in UNLABELLED):
            self._texts(row, "label", Texts((("", of.name),)), where)

    def _mention(self, name: str, where: str) -> str:
        if name in self.names:
            return f"${{{self.names[name]}}}"
        self.left.append(Left(where, f"文字里的“{name}”没有值了。", f"“{name}” in the text has no value there."))
        return name

    def choices(self) -> Iterator[dict[str, str]]:
        """The rows of the choices sheet."""
        for name, choices in self.form.choices.items():
            for choice in choices:
                row = {"list_name": self.lists[name], "name": self.values.get(choice.name, choice.name)}
                self._texts(row, "label", choice.marked or choice.label, f"choices {choice.name}")
                self._shown(row, choice, f"choices {choice.name}")
                row |= {self.columns[column]: _plain(cell.value) for column, cell in choice.columns.items()}
                yield row

    def renamed(self) -> Iterator[Left]:
        """What has another name there."""
        for sheet, pairs in (("survey", self.names), ("list_name", self.lists), ("choices", self.values)):
            for name, there in pairs.items():
                if name != there:
                    yield Left(f"{sheet} {name}", f"在那边叫 {there}。", f"is called {there} there.")


def _metadata_of(item: Field) -> str:
    """The type of XLSForm that a fact about the filling-in is, or an empty string."""
    if item.type == "start":
        return "start"
    told = item.default.text if item.type == "hidden" and item.default is not None and item.prefill is None else ""
    return next((name for name, text in METADATA.items() if text == told and name != "start"), "")


def _plain(value: Any) -> str:
    """A column of a choice as text."""
    return "" if value is None else str(value)
