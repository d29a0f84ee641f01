"""What is wrong with answers: types, choices, required fields, constraints, and shapes that are not a form's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from banshi.platform.forms import faults
from banshi.platform.forms.answers import MOST_ROWS, is_empty
from banshi.platform.forms.choices import bound_filter, columns_of, is_meant, near_choices
from banshi.platform.forms.index import Node
from banshi.platform.forms.labels import filled, filled_texts, number_shown
from banshi.platform.forms.result import FieldError
from banshi.platform.forms.rows import TOP, Row, data_of, path_of, shared
from banshi.platform.forms.state import FormState, Held
from banshi.platform.forms.unread import kept_empty
from banshi.platform.forms.worded import worded
from banshi.platform.service.model import UNSEEN, Choice, Field, Group, Repeat, Texts
from banshi.platform.workbook.columns import suggest
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Fault, Place
from banshi.rules.expressions import Expression
from banshi.rules.expressions.convert import to_truth
from banshi.rules.expressions.faults import BALANCE_UNSEEN
from banshi.rules.expressions.tree import Reference
from banshi.rules.values import ErrorValue, Value

LANGUAGES = ("zh", "en")
_MOST_NAMED = 3
"""How many questions a sentence names."""

_UNSAID = Texts(
    (
        ("zh", "见这一项的提示；不清楚时请问主管部门。"),
        ("en", "see the hint of this item, or ask the department in charge."),
    )
)
_REQUIRED = {
    "acknowledge": faults.REQUIRED_TICK,
    "file": faults.REQUIRED_FILE,
    "image": faults.REQUIRED_FILE,
    "department": faults.REQUIRED_CHOICE,
}


def field_error(fault: Fault, path: str, place: Place, label: Texts | str, **facts: object) -> FieldError:
    """A catalogue entry as an error at a path. Facts that are Texts, such as the label, are said in each language."""

    def said(language: str) -> Diagnostic:
        given = {"label": label, "name": label, **facts}
        return fault.at(place, **{k: v.get(language) if isinstance(v, Texts) else v for k, v in given.items()})

    return FieldError(
        path=path,
        code=fault.code,
        texts=Texts(tuple((language, said(language).message(language)) for language in LANGUAGES)),
        remedies=Texts(tuple((language, said(language).remedy(language)) for language in LANGUAGES)),
        place=place,
    )


def label_of(state: FormState, node: Node, row: Row = TOP) -> Texts:
    """An item's label for a sentence: `${field}` filled in; the name where there is no label."""
    label = filled_texts(node.item.label, lambda name: shown_value(state, name, row))
    return label if label.get() else Texts((("", node.item.name),))


def shown_value(state: FormState, name: str, row: Row) -> str:
    """A value as a sentence shows it."""
    try:
        value = state.value(name, row)
    except KeyError:
        return "…"
    if isinstance(value, Decimal):
        node = state.index.fields.get(name)
        return f"{value:,.2f}" if node is not None and node.item.type == "money" else number_shown(value)
    return written(value) or "…"


def written(value: Value) -> str:
    """A value as text."""
    match value:
        case None | ErrorValue():
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return format(value, "f")
        case tuple():
            return "、".join(written(item) for item in value)
        case str():
            return value
        case _:
            return value.isoformat()


class Validation:
    """One pass over the items of a form, in the order of the sheet.

    Afterwards `errors` holds what is wrong, `required`, `readonly`, `relevant` and `constraints` what holds, by path;
    `faulty` the names of fields with a wrong or missing value, whose consequences need no second complaint.
    """

    def __init__(self, state: FormState, require: frozenset[str]) -> None:
        self.state = state
        self.errors: list[FieldError] = []
        self.relevant: dict[str, bool] = {}
        self.required: dict[str, bool] = {}
        self.readonly: dict[str, bool] = {}
        self.constraints: dict[str, bool] = {}
        self.faulty: set[str] = set()
        self._require = require
        self._reported: set[Diagnostic] = set()
        self._refused: set[str] = set()
        """Holders of accounts that nobody may charge here: that their balance cannot be seen either need not be said."""

    def run(self) -> None:
        """Look at everything."""
        if self.state.index.service.survey is not None:
            self._unknown(self.state.answers, TOP, self.state.index.roots)
        for node in self.state.index.roots:
            self._item(node, TOP)

    def _item(self, node: Node, row: Row) -> None:
        path = path_of(row, node.item.name)
        shown = self.state.shown(node, row)
        if isinstance(shown, ErrorValue):
            self.not_computed(path, shown, label_of(self.state, node, row))
        if node.item.name:
            self.relevant[path] = shown is True
        if isinstance(node.item, Repeat):
            self._repeat(node, row, path, relevant=shown is True)
        elif isinstance(node.item, Group):
            for child in node.children:
                self._item(child, row)
        elif isinstance(node.item, Field):
            self._field(node, node.item, row, path, relevant=shown is True)

    def _repeat(self, node: Node, row: Row, path: str, *, relevant: bool) -> None:
        given = data_of(self.state.answers, row).get(node.item.name)
        if not relevant:
            return
        label = label_of(self.state, node, row)
        if given is not None and given != "" and not isinstance(given, (list, tuple)):
            self._add(faults.NOT_ROWS, path, node, label)
        elif isinstance(given, (list, tuple)) and len(given) > MOST_ROWS:
            self._add(faults.TOO_MANY_ROWS, path, node, label, facts={"most": MOST_ROWS})
        if isinstance(node.item, Repeat) and (wanted := self.state.wanted_rows(node.item, row)) > MOST_ROWS:
            self._counted(node, node.item, row, path, wanted)
        for inside in self.state.rows(node, row):
            if isinstance(given, (list, tuple)) and inside[-1][1] < len(given):
                entry = given[inside[-1][1]]
                if isinstance(entry, Mapping):
                    self._unknown(entry, inside, tuple(node.children))
                else:
                    self._add(faults.NOT_ROWS, path_of(inside), node, label)
            for child in node.children:
                self._item(child, inside)

    def _counted(self, node: Node, repeat: Repeat, row: Row, path: str, wanted: int) -> None:
        """More rows are counted than a form can have: said at the question that counts them, where it is one."""
        root = repeat.count.root if repeat.count is not None else None
        asked = self.state.index.fields.get(root.name) if isinstance(root, Reference) else None
        if asked is not None and isinstance(asked.item, Field) and asked.item.calculation is None:
            path = path_of(shared(row, asked.repeats), asked.item.name)
        facts = {"count": wanted, "most": MOST_ROWS}
        self._add(faults.COUNTED_TOO_MANY, path, node, label_of(self.state, node, row), facts=facts)

    def _unknown(self, data: Mapping[str, object], row: Row, nodes: tuple[Node, ...]) -> None:
        known = set(_names(nodes))
        for name in data:
            if name not in known:
                shown = str(name)[:100]
                near = suggest(shown, known)
                fault = faults.MISSPELT_FIELD if near else faults.UNKNOWN_FIELD
                self.errors.append(field_error(fault, path_of(row, shown), NOWHERE, shown, near=near))

    def _field(self, node: Node, item: Field, row: Row, path: str, *, relevant: bool) -> None:
        readonly = item.type != "note" and self.state.protected(node, row) if relevant else False
        self.readonly[path] = readonly
        self.required[path] = False
        if not relevant or item.type == "note" or item.name in self.state.circumstances.withheld:
            return
        held = self.state.held(node, row)
        self.required[path] = self._is_required(node, item, row, path)
        value = held.answer.value
        if held.answer.fault is not None:
            label = label_of(self.state, node, row)
            self._add(held.answer.fault, path, node, label, facts=held.answer.facts)
        elif kept_empty(value) and item.name in self.state.index.unread:
            return
        elif isinstance(value, ErrorValue):
            self._value_not_computed(node, row, path, value)
            self.faulty.add(item.name)
        elif is_empty(value):
            self._missing(node, item, row, path, readonly=readonly)
        elif self._allowed(node, item, row, path, held):
            self._constraint(node, item, row, path, value)

    def _is_required(self, node: Node, item: Field, row: Row, path: str) -> bool:
        if item.type in UNSEEN:
            return False
        asked = {item.name, "*"} | {parent.item.name for parent in node.parents}
        if asked & self._require:
            return True
        if item.required is None:
            return False
        value = self.state.compute(item.required, row)
        if isinstance(value, ErrorValue):
            self.not_computed(path, value, label_of(self.state, node, row))
        return not isinstance(value, ErrorValue) and to_truth(value)

    def _missing(self, node: Node, item: Field, row: Row, path: str, *, readonly: bool) -> None:
        if not self.required[path]:
            return
        if readonly:
            self._add(faults.REQUIRED_READONLY, path, node, label_of(self.state, node, row))
            return
        fault = faults.REQUIRED_CHOICE if item.choices else _REQUIRED.get(item.type, faults.REQUIRED)
        self._add(fault, path, node, label_of(self.state, node, row), said=item.required_message, row=row)

    def _allowed(self, node: Node, item: Field, row: Row, path: str, held: Held) -> bool:
        """Whether the value is one of the choices, a person or a department."""
        value = held.answer.value
        balances = self.state.circumstances.balances
        if item.account and (balances is None or item.account in balances.open):
            return True  # nobody knows here who may charge what
        if item.choices:
            chosen = value if isinstance(value, tuple) else (value,)
            for one in chosen:
                if (fault := self._choice_fault(item, row, one)) is not None:
                    facts: dict[str, object] = {"value": self._called(item, one)}
                    if fault is faults.NOT_A_CHOICE:
                        facts["near"] = near_choices(self._choices(item, row), written(one))
                    self._add(fault, path, node, label_of(self.state, node, row), facts=facts)
                    self._refused |= {written(one)} if item.account else set()
                    return False
            if item.type == "rank" and (missing := {choice.name for choice in self.offered(item, row)} - set(chosen)):
                facts = {"count": len(missing)}
                self._add(faults.NOT_ALL_RANKED, path, node, label_of(self.state, node, row), facts=facts)
                return False
        directory = self.state.circumstances.directory
        if directory is not None and item.type in {"person", "department"}:
            known = directory.people if item.type == "person" else directory.departments
            if value not in known:
                fault = faults.NOT_A_PERSON if item.type == "person" else faults.NOT_A_DEPARTMENT
                self._add(fault, path, node, label_of(self.state, node, row), facts={"value": written(value)})
                return False
        return True

    def offered(self, item: Field, row: Row, said: str = "") -> Iterator[Choice]:
        """The choices of a question that fit its other answers, and what somebody wrote of their label or name."""
        language = self.state.circumstances.language
        for choice in self._choices(item, row):
            if (not said or is_meant(choice, said, language)) and self._is_offered(item, row, choice):
                yield choice

    def _choice_fault(self, item: Field, row: Row, value: Value) -> Fault | None:
        named = [choice for choice in self._choices(item, row) if choice.name == value]
        if not named:
            return faults.NOT_A_CHOICE
        return None if any(self._is_offered(item, row, choice) for choice in named) else faults.NOT_OFFERED

    def _called(self, item: Field, value: Value) -> Texts | str:
        """What people read for a choice: its label, else what was sent."""
        choice = next((choice for choice in self._choices(item) if choice.name == value), None)
        return choice.label if choice is not None and choice.label.get() else written(value)

    def _choices(self, item: Field, row: Row = TOP) -> Sequence[Choice]:
        if item.chosen_from:
            return [Choice(name=said, label=Texts((("", said),))) for said in self._said_in_rows(item, row)]
        balances = self.state.circumstances.balances
        if item.account:
            return balances.offered(item.account) if balances is not None else ()
        form = self.state.index.service.survey
        return form.choices.get(item.choices, ()) if form else ()

    def _said_in_rows(self, item: Field, row: Row) -> dict[str, None]:
        """What was answered in the rows of a repeat that fit the filter, each once."""
        asked = self.state.index.fields[item.chosen_from]
        found: dict[str, None] = {}
        for at in self.state.rows_below(asked.repeats, shared(row, asked.repeats[:-1])):
            said = written(self.state.value(item.chosen_from, at))
            if said and (item.choice_filter is None or self._holds(item.choice_filter, at)):
                found[said] = None
        return found

    def _is_offered(self, item: Field, row: Row, choice: Choice) -> bool:
        if item.choice_filter is None or item.chosen_from:
            return True
        rule = bound_filter(item.choice_filter, self._choices(item))
        return self._holds(rule, row, extra=columns_of(choice))

    def _holds(self, rule: Expression, row: Row, extra: Mapping[str, Value] | None = None) -> bool:
        held = self.state.compute(rule, row, extra=extra)
        return not isinstance(held, ErrorValue) and to_truth(held)

    def _constraint(self, node: Node, item: Field, row: Row, path: str, value: Value) -> None:
        if item.constraint is None:
            return
        holds = self.state.compute(item.constraint, row, current=value)
        # Where the answer to another question is still missing, the constraint says nothing yet.
        self.constraints[path] = holds is None or (not isinstance(holds, ErrorValue) and to_truth(holds))
        if isinstance(holds, ErrorValue):
            self.not_computed(path, holds, label_of(self.state, node, row))
            self.faulty.add(item.name)
        elif not self.constraints[path]:
            label = label_of(self.state, node, row)
            rule = worded(item.constraint, self.state.index.service.survey) or _UNSAID
            self._add(faults.CONSTRAINT, path, node, label, said=item.constraint_message, row=row, facts={"rule": rule})

    def _add(
        self,
        fault: Fault,
        path: str,
        node: Node,
        label: Texts,
        *,
        said: Texts | None = None,
        row: Row = TOP,
        facts: Mapping[str, object] | None = None,
    ) -> None:
        """Report a fault of an item; `said` is the author's own sentence for it."""
        error = field_error(fault, path, _place_of(node, fault), label, **(facts or {}))
        if said is not None and said.get():
            own = tuple(
                (language, filled(said.get(language), lambda name: shown_value(self.state, name, row)))
                for language in LANGUAGES
            )
            error = FieldError(path=path, code=fault.code, texts=Texts(own), place=error.place)
        self.errors.append(error)
        self.faulty.add(node.item.name)

    def is_new(self, diagnostic: Diagnostic) -> bool:
        """Whether this diagnostic was not reported yet; an error value spreads, but is one fault."""
        if diagnostic.fault is BALANCE_UNSEEN and dict(diagnostic.facts).get("holder") in self._refused:
            return False
        new = diagnostic not in self._reported
        self._reported.add(diagnostic)
        return new

    def _value_not_computed(self, node: Node, row: Row, path: str, value: ErrorValue) -> None:
        """What nobody sees nobody can put right: the questions behind it are named instead."""
        label, index = label_of(self.state, node, row), self.state.index
        told = index.questions({node.item.name}) if node.item.type in UNSEEN else frozenset()
        behind = [asked for name, asked in index.fields.items() if name in told and asked.item.type not in UNSEEN]
        if not behind:
            self.not_computed(path, value, label)
            return
        diagnostic = value.diagnostic
        if not self.is_new(diagnostic):
            return
        labels = [label_of(self.state, asked, shared(row, asked.repeats)) for asked in behind[:_MOST_NAMED]]
        questions = {
            language: mark.join(f"“{one.get(language)}”" for one in labels)
            for language, mark in (("zh", "、"), ("en", ", "))
        }
        error = field_error(
            faults.UNSEEN_NOT_COMPUTED,
            path,
            diagnostic.place,
            label,
            questions=Texts(tuple(questions.items())),
            reason=messages_of(diagnostic),
            cell=str(diagnostic.place),
        )
        self.errors.append(replace(error, about=_path_to(behind[0], row)))

    def not_computed(self, path: str, value: ErrorValue, label: Texts | str) -> None:
        """Report an error value, once, at the first place that meets it."""
        diagnostic = value.diagnostic
        if not self.is_new(diagnostic):
            return
        self.errors.append(
            field_error(faults.NOT_COMPUTED, path, diagnostic.place, label, reason=messages_of(diagnostic))
        )


def _path_to(node: Node, row: Row) -> str:
    """The path of a question as it is seen from a row; where it has many rows there, that of their repeat."""
    at = shared(row, node.repeats)
    deeper = node.repeats[len(at) :]
    return path_of(at, deeper[0] if deeper else node.item.name)


def messages_of(diagnostic: Diagnostic) -> Texts:
    """What a diagnostic says, in each language."""
    return Texts(tuple((language, diagnostic.message(language)) for language in LANGUAGES))


def _place_of(node: Node, fault: Fault) -> Place:
    item = node.item
    if isinstance(item, Field):
        required = {faults.REQUIRED, faults.REQUIRED_CHOICE, *_REQUIRED.values()}
        rule = item.required if fault in required else item.constraint if fault is faults.CONSTRAINT else None
        rule = item.choice_filter if fault is faults.NOT_OFFERED else rule
        if rule is not None:
            return rule.place
    return item.place


def _names(nodes: tuple[Node, ...] | list[Node]) -> Iterator[str]:
    """The keys that answers may have: fields and repeats, those of groups included."""
    for node in nodes:
        if isinstance(node.item, Group) and not isinstance(node.item, Repeat):
            yield from _names(node.children)
        else:
            yield node.item.name
