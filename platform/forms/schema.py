"""The form compiled to JSON for the browser: texts as pieces, conditions as trees, what the server computes marked.

    {id, title, version, language, pages: [{name, title, items}], choices: {list: [{name, label, columns}]}, departments,
     needs: {name: [names]}}

Every item has `type` and `name`, and where they exist `label`, `hint` and `guidance` (pieces: text, or `{ref: name}`),
`styled` (those of them that have a style, `{tag, items}` around pieces), `trigger` (names), `searched` (its choices are
asked of the server and not in `choices`), `relevant`, `required`, `readonly`, `constraint`, `calculation`, `default`,
`renewal`, `count`, `filter`, `keeps` (the server's value stays once it is computed). Those rules are `{ast: tree}`, or `{server: true}` where they need something that only the
server knows. Groups and repeats have `items`. Questions and choices of repeats have `also`, their labels in the other languages, for
what is pasted. Choices
have `called`, what rules call them, where that is not their label. Items and
choices whose label shows files have `media`, `{kind: name of the file}`; files that are not there are left out.
`needs` says of what only the server computes which names it is made from: after a change of those nobody knows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from banshi.platform.forms.answers import MOST_ROWS, most_files
from banshi.platform.forms.choices import bound_filter, column_names
from banshi.platform.forms.index import index_of
from banshi.platform.forms.labels import pieces
from banshi.platform.people.directory import Directory
from banshi.platform.service.media import MediaFolder
from banshi.platform.service.model import UNSEEN, Choice, Field, Group, Item, Media, Repeat, Service, Texts
from banshi.platform.service.styled import styled
from banshi.rules.expressions import Expression


def form_schema(
    service: Service, language: str = "zh", directory: Directory | None = None, media: MediaFolder | None = None
) -> dict[str, Any]:
    """The form of a service in one language, as plain JSON values; a service without a form has no pages.

    With a directory, questions for a department offer its departments; people are never listed. Labels show those
    files that are in the folder of media.
    """
    schema = _Compiler(service, language, media).schema()
    asks = service.survey is not None and any(item.type == "department" for item, _ in service.survey.walk())
    if directory is not None and asks:
        schema["departments"] = [
            {"name": entry.name, "label": (language == "en" and entry.english_name) or entry.name}
            for entry in directory.departments.values()
        ]
    return schema


class _Compiler:
    def __init__(self, service: Service, language: str, media: MediaFolder | None) -> None:
        self.service = service
        self.language = language
        self.folder = media
        self.choices: Mapping[str, Sequence[Choice]] = service.survey.choices if service.survey else {}
        self.browser_names = _browser_names(service)
        self.searched = index_of(service).searched
        walked = service.survey.walk() if service.survey else ()
        self.in_rows = {item.name for item, repeats in walked if repeats}
        """What is pasted from a spreadsheet, where people may have written another language."""

    def schema(self) -> dict[str, Any]:
        items = self.service.survey.children if self.service.survey else ()
        return {
            "id": self.service.settings.id,
            "title": self.service.settings.title.get(self.language),
            "version": self.service.version,
            "language": self.language,
            "pages": [
                {"name": name, "title": self.text(title), "items": [self.item(item) for item in content]}
                for name, title, content in pages(items)
            ],
            "choices": {name: self.choice_list(name) for name in self.lists_used()},
            "needs": self.needs(),
        }

    def needs(self) -> dict[str, list[str]]:
        """Direct needs of the questions that the server computes, and of the results of rules."""
        index = index_of(self.service)
        found = {name: index.needs(name) for name in index.producers}
        for name, node in index.fields.items():
            if isinstance(node.item, Field) and name in index.keeping:
                found[name] = list(node.item.trigger)
            elif isinstance(node.item, Field) and any(
                rule is not None and not rule.names <= self.browser_names
                for rule in (node.item.calculation, node.item.renewal)
            ):
                found[name] = index.needs(name)
        return found

    def lists_used(self) -> list[str]:
        fields = (
            [item for item, _ in self.service.survey.walk() if isinstance(item, Field)] if self.service.survey else []
        )
        inline = (item.choices for item in fields if item.choices in self.choices)
        return [name for name in dict.fromkeys(inline) if name not in self.searched]

    def choice_list(self, name: str) -> list[dict[str, Any]]:
        """The choices of a list; columns only where a filter reads them."""
        filtered = any(
            isinstance(item, Field) and item.choices == name and item.choice_filter is not None
            for item, _ in (self.service.survey.walk() if self.service.survey else ())
        )
        pasted = any(
            isinstance(item, Field) and item.choices == name and item.name in self.in_rows
            for item, _ in (self.service.survey.walk() if self.service.survey else ())
        )
        made = []
        for choice in self.choices[name]:
            entry: dict[str, Any] = {"name": choice.name, "label": choice.label.get(self.language) or choice.name}
            if (called := choice.label.get() or choice.name) != entry["label"]:
                entry["called"] = called
            if choice.marked is not None and (tree := self.styled(choice.marked)) is not None:
                entry["styled"] = tree
            self.media(entry, choice.media)
            also = {text for _, text in choice.label.by_language if text} - {entry["label"]}
            if also and pasted:
                entry["also"] = sorted(also)
            if filtered:
                entry["columns"] = {key: cell.text for key, cell in choice.columns.items() if not cell.blank}
            made.append(entry)
        return made

    def item(self, item: Item) -> dict[str, Any]:
        made: dict[str, Any] = {"type": item.type, "name": item.name, "label": self.text(item.label)}
        for name in ("hint", "guidance"):
            if getattr(item, name).get(self.language):
                made[name] = self.text(getattr(item, name))
        styles = {name: tree for name, texts in item.marked.items() if (tree := self.styled(texts)) is not None}
        if styles:
            made["styled"] = styles
        self.media(made, item.media)
        if item.appearance:
            made["appearance"] = item.appearance.split()
        self.rule(made, "relevant", item.relevant)
        if isinstance(item, Group):
            made["items"] = [self.item(child) for child in item.children]
            if isinstance(item, Repeat):
                made["most"] = MOST_ROWS
                self.rule(made, "count", item.count)
        elif isinstance(item, Field):
            self.field(made, item)
            also = {text for _, text in item.label.by_language if text} - {item.label.get(self.language)}
            if also and item.name in self.in_rows:
                made["also"] = sorted(also)
        return made

    def field(self, made: dict[str, Any], item: Field) -> None:
        made["kind"] = str(item.kind)
        self.rule(made, "required", item.required)
        self.rule(made, "readonly", item.readonly)
        self.rule(made, "constraint", item.constraint)
        # The server computes what keeps its first value, and the browser brings it along with the answers.
        if keeps := item.name in index_of(self.service).keeping:
            made["keeps"] = True
        self.rule(made, "calculation", item.calculation, server=keeps)
        if item.renewal is not None:
            made["trigger"] = list(item.trigger)
            self.rule(made, "renewal", item.renewal)
        # A prefilled value comes from the signed-in person: the server gives it.
        self.rule(made, "default", item.prefill or item.default, server=keeps or item.prefill is not None)
        for key, texts in (("requiredMessage", item.required_message), ("constraintMessage", item.constraint_message)):
            if texts.get(self.language):
                made[key] = self.text(texts)
        if item.choices:
            made["choices"] = item.choices
            if item.choices in self.searched:
                made["searched"] = True
            elif item.chosen_from:
                made["chosenFrom"] = item.chosen_from
                self.rule(made, "filter", item.choice_filter)
            elif item.choice_filter is not None:
                choices = self.choices.get(item.choices, ())
                own = frozenset(f"choice:{column}" for column in column_names(choices))
                made["filter"] = self.compiled(bound_filter(item.choice_filter, choices), own)
        if item.type in {"file", "image"}:
            made["mostFiles"] = most_files(item)
        if item.parameters:
            made["parameters"] = dict(item.parameters)

    def media(self, made: dict[str, Any], named: tuple[Media, ...]) -> None:
        there: dict[str, list[tuple[str, str]]] = {}
        for file in named:
            if self.folder is not None and self.folder.find(file) is not None:
                there.setdefault(file.kind, []).append((file.language, file.file))
        if there:
            made["media"] = {kind: Texts(tuple(files)).get(self.language) for kind, files in there.items()}

    def rule(self, made: dict[str, Any], key: str, expression: Expression | None, *, server: bool = False) -> None:
        if expression is not None:
            made[key] = {"server": True} if server else self.compiled(expression)

    def compiled(self, expression: Expression, own: frozenset[str] = frozenset()) -> dict[str, Any]:
        if expression.names <= self.browser_names | own:
            return {"ast": expression.to_json()}
        return {"server": True}

    def text(self, texts: Texts) -> list[str | dict[str, str]]:
        return pieces(texts.get(self.language))

    def styled(self, texts: Texts) -> list[Any] | None:
        """A text with its style: pieces, and `{tag, items}` around some of them; None where it has no style."""
        tree = styled(texts.get(self.language))
        return None if tree is None else _in_pieces(tree)


def _in_pieces(tree: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    for node in tree:
        made += pieces(node) if isinstance(node, str) else [{**node, "items": _in_pieces(node["items"])}]
    return made


def _browser_names(service: Service) -> frozenset[str]:
    """The names whose values a browser knows: the form's fields and repeats, but for what the server computes."""
    index = index_of(service)
    known = set(index.fields) | set(index.repeats)
    computed = {
        name: item
        for name, node in index.fields.items()
        if isinstance(item := node.item, Field) and (item.calculation or item.prefill or item.type == "note")
    }
    # What leans on something the browser lacks is lacking as well; repeat until nothing more falls out.
    while True:
        lacking = {
            name
            for name, item in computed.items()
            if name in known and item.calculation is not None and not item.calculation.names <= known
        }
        if not lacking:
            return frozenset(known)
        known -= lacking


Pages = list[tuple[str, Texts, list[Item]]]


def pages(items: Iterable[Item]) -> Pages:
    """The pages of a form: one for each top-level group or repeat when there are several, else one for all.

    Questions before the first group are a page of their own; those behind a group stand on its page. A group without
    anything to see makes no page.
    """
    whole: Pages = [("", Texts(), [])]
    split: Pages = []
    before: list[Item] = []
    for item in items:
        whole[0][2].append(item)
        if isinstance(item, Group) and _visible(item):
            split.append((item.name, item.label, [item]))
        elif split:
            split[-1][2].append(item)
        else:
            before.append(item)
    if len(split) < 2:
        return whole if whole[0][2] else []
    if any(_visible(item) for item in before):
        return [("", Texts(), before), *split]
    split[0][2][:0] = before
    return split


def _visible(item: Item) -> bool:
    """Whether an item can show anything."""
    if isinstance(item, Group):
        return any(_visible(child) for child in item.children)
    return item.type not in UNSEEN
