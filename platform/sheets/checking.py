"""Every check that needs all names: expressions of the form, rules, the route, texts that mention fields."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from banshi.platform.forms.choices import bound_filter, column_names
from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import spread
from banshi.platform.forms.tried import TriedForm
from banshi.platform.people.directory import Directory
from banshi.platform.people.faults import UNKNOWN_DEPARTMENT
from banshi.platform.people.who import parse_who
from banshi.platform.people.who_checks import check_applicants
from banshi.platform.routes.check import check_route
from banshi.platform.routes.deadline_check import check_deadlines
from banshi.platform.routes.faults import NO_ROUTE, TITLE_SHOWS_HIDDEN
from banshi.platform.routes.model import Route
from banshi.platform.service.masking import Masks, masks_of
from banshi.platform.service.model import LAST, Choice, Field, Group, Item, Repeat, Service
from banshi.platform.sheets import faults
from banshi.platform.sheets.account_checks import check_accounts
from banshi.platform.sheets.account_faults import UNKNOWN_ACCOUNT
from banshi.platform.sheets.board_sheet import check_board
from banshi.platform.sheets.divisors import zero_divisors
from banshi.platform.sheets.document_checks import check_documents
from banshi.platform.sheets.filters import filters_elsewhere
from banshi.platform.sheets.hook_checks import check_hooks, route_scope
from banshi.platform.sheets.live_code_checks import check_codes
from banshi.platform.sheets.names import Names, Repeats
from banshi.platform.sheets.notice_checks import check_notices, notice_scope
from banshi.platform.sheets.pass_checks import check_passes
from banshi.platform.sheets.personal_pass_checks import check_personal_passes
from banshi.platform.sheets.places_checks import check_places
from banshi.platform.sheets.register_checks import check_registers
from banshi.platform.sheets.routing import prove
from banshi.platform.sheets.schedule_checks import check_schedule
from banshi.platform.sheets.skips import skips
from banshi.platform.sheets.survey_sheet import Survey
from banshi.platform.workbook.columns import suggest
from banshi.rules import policies, tables, tariffs
from banshi.rules.diagnostics import NOWHERE, Diagnostic, Place
from banshi.rules.expressions import Expression, Name, Scope, check, fold_name
from banshi.rules.expressions.faults import OF_WHICH_GROUP
from banshi.rules.expressions.tree import Number, Text
from banshi.rules.policies.model import NAMED
from banshi.rules.values import Kind

_BOTH = 2
"""Who publishes, and who consents."""


class Checks:
    """The checks of one service whose names are settled."""

    def __init__(
        self,
        service: Service,
        names: Names,
        repeats: Mapping[str, Repeats],
        ambiguous: Mapping[str, tuple[Place, ...]],
    ) -> None:
        self._service = service
        self._names = names
        self._repeats = repeats
        self._ambiguous = ambiguous
        self._asking: dict[Repeats, Scope] = {}

    def run(
        self, survey: Survey, directory: Directory | None, services: Mapping[str, Service] | None
    ) -> list[Diagnostic]:
        """All faults, sheet by sheet."""
        service = self._service
        found = list(self._settings(directory))
        for item, repeats in service.survey.walk() if service.survey else ():
            found += self._item(item, repeats)
        found += zero_divisors(service)
        found += filters_elsewhere(service)
        found += self._mentions(survey)
        found += self._rules()
        found += self._route(directory, services)
        inside = route_scope(self._names.scope(), service.routing or Route(()))
        found += check_registers(service, services, self._names, self._expression)
        found += check_accounts(service, self._names.scope(), inside, services, directory)
        found += check_notices(service, self._names.scope(), directory, self._expression)
        found += check_schedule(service, notice_scope(self._names.scope()), directory, services, self._expression)
        found += check_board(service, self._names.scope(), self._expression)
        found += check_documents(service, self._names, self._expression)
        found += check_passes(service, self._names, directory, self._expression)
        found += check_personal_passes(service, self._names.scope(), directory, self._expression)
        found += check_codes(service, self._names, services, self._expression)
        return found

    def _composed(self) -> Iterator[Diagnostic]:
        """Titles and messages with something sensitive in them, which have masks there for whoever does not handle the case."""
        masks, title = masks_of(self._service), self._service.settings.instance_name
        if not masks:
            return
        if title is not None and (names := _hidden(title.names, masks)):
            yield faults.TITLE_IS_MASKED.at(title.place, names="、".join(names))
        for policy in self._service.policies.values():
            for row in policy.statements:
                for text, place in row.texts:
                    if names := _hidden(NAMED.findall(text), masks):
                        yield faults.MESSAGE_IS_MASKED.at(place, id=row.id, names="、".join(names))

    def _settings(self, directory: Directory | None) -> Iterator[Diagnostic]:
        settings, scope = self._service.settings, self._names.scope()
        yield from self._expression(settings.instance_name, scope)
        yield from check_places(self._service)
        if settings.applicants:
            yield from check_applicants(parse_who(settings.applicants, settings.applicants_place)[0], scope, directory)
        yield from self._composed()
        if settings.personal_kept is not None and not self._service.sensitive and not self._service.passes:
            yield faults.NOTHING_DELETED.at(settings.personal_kept_place)
        if directory is not None and settings.owner and settings.owner not in directory.departments:
            near = suggest(settings.owner, directory.departments)
            yield UNKNOWN_DEPARTMENT.at(settings.owner_place, name=settings.owner, near=near)
        if directory is not None and settings.consent:
            able = sum(
                "administrator" in person.roles or ("owner" in person.roles and person.department == settings.owner)
                for person in directory.people.values()
            )
            if able < _BOTH:
                yield faults.NOBODY_CONSENTS.at(settings.consent_place, owner=settings.owner, count=able)

    def _item(self, item: Item, repeats: Repeats) -> Iterator[Diagnostic]:
        scope = self._with_accounts(repeats)
        yield from self._expression(item.relevant, scope, Kind.BOOLEAN)
        if isinstance(item, Repeat):
            yield from self._expression(item.count, self._names.scope(repeats), Kind.NUMBER)
        if isinstance(item, Field):
            yield from self._field(item, repeats, scope)

    def _field(self, item: Field, repeats: Repeats, scope: Scope) -> Iterator[Diagnostic]:
        definition = self._names.find(item.name)
        own = replace(definition.seen_from(repeats) if definition else Name(item.kind), called=item.name)
        current = scope.with_current(own)
        number = Kind.NUMBER if item.kind is Kind.NUMBER else Kind.ANY
        yield from self._expression(item.required, scope, Kind.BOOLEAN)
        yield from self._expression(item.readonly, scope, Kind.BOOLEAN)
        yield from self._expression(item.constraint, current, Kind.BOOLEAN)
        yield from self._expression(item.calculation, current, number)
        yield from self._expression(item.default, scope, number)
        yield from self._expression(item.renewal, current, number)
        yield from self._expression(item.prefill, scope, number)
        yield from self._choices(item, self._names.scope(repeats))

    def _with_accounts(self, repeats: Repeats) -> Scope:
        """The scope of a question: its rules may ask for balances."""
        if repeats not in self._asking:
            self._asking[repeats] = self._names.scope(repeats).with_accounts(self._service.accounts)
        return self._asking[repeats]

    def _choices(self, item: Field, scope: Scope) -> Iterator[Diagnostic]:
        lists = self._service.survey.choices if self._service.survey else {}
        if item.chosen_from:
            asked = self._names.find(item.chosen_from)
            if asked is None or not asked.repeats or item.type == "rank":
                yield faults.CHOICES_FROM_NO_ROWS.at(item.place, name=item.chosen_from)
            elif item.choice_filter is not None:
                yield from self._expression(item.choice_filter, self._names.scope(asked.repeats), Kind.BOOLEAN)
            return
        if item.account and item.account not in self._service.accounts:
            near = suggest(item.account, self._service.accounts)
            yield UNKNOWN_ACCOUNT.at(item.choices_place, name=item.account, near=near)
        elif item.choices and item.choices not in lists and not item.account:
            near = suggest(item.choices, lists)
            yield faults.UNKNOWN_LIST.at(item.choices_place, list=item.choices, near=near)
            return
        choices = lists.get(item.choices, ())
        if item.choice_filter is not None:
            # As the form itself binds it: a bare name that is a column of the list is the choice's own.
            columns = {f"choice:{name}": _column(name, choices) for name in column_names(choices)}
            inside = scope.with_names(columns)
            yield from self._expression(bound_filter(item.choice_filter, choices), inside, Kind.BOOLEAN)
        yield from _default(item, choices)
        if item.kind is Kind.LIST:
            for choice in choices:
                if " " in choice.name:
                    yield faults.CHOICE_WITH_BLANK.at(choice.place, field=item.name, name=choice.name)

    def _mentions(self, survey: Survey) -> Iterator[Diagnostic]:
        known = tuple(definition.name for definition in self._names.all())
        for name, place in survey.mentions:
            if ways := self._names.scope().ways(name):
                yield OF_WHICH_GROUP.at(place, name=name, ways=ways)
            elif self._names.find(name) is None and name.split(".", 1)[0] not in ("applicant", "申请人"):
                yield faults.UNKNOWN_NAME.at(place, name=name, near=suggest(name, known))

    def _rules(self) -> Iterator[Diagnostic]:
        service = self._service
        for name, table in service.tables.items():
            scope = self._names.scope(self._repeats.get(f"table:{name}", ()))
            yield from tables.check(table, scope)
            yield from self._ambiguities(table.names, table.place)
        for name, tariff in service.tariffs.items():
            scope = self._names.scope(self._repeats.get(f"tariff:{name}", ()))
            yield from tariffs.check(tariff, scope)
            yield from self._ambiguities(tariff.names, tariff.place)
        for name, policy in service.policies.items():
            repeats = self._repeats.get(f"policy:{name}", ())
            yield from policies.check(policy, self._names.scope(repeats), TriedForm(service, repeats))
            yield from self._ambiguities(policy.names, policy.place)

    def _route(self, directory: Directory | None, services: Mapping[str, Service] | None) -> Iterator[Diagnostic]:
        service = self._service
        route = service.routing
        if route is None:
            if service.survey is not None and service.settings.owner:
                yield NO_ROUTE.at(NOWHERE)
            return
        if service.survey is None:
            place = route.steps[0].place if route.steps else Place()
            yield faults.ROUTE_WITHOUT_FORM.at(place)
        items = service.survey.walk() if service.survey else ()
        fields = [item.name for item, _ in items if isinstance(item, Group) or item.type != "note"]
        scope = route_scope(self._names.scope(), route)
        yield from check_route(route, scope, directory, fields)
        yield from check_hooks(service, self._names, directory, services)
        yield from check_deadlines(route, self._names.scope(), directory, service.datasets)
        for step in route.steps:
            if step.when is not None:
                yield from self._ambiguities(step.when.names, step.when.place)
        yield from skips(service)
        yield from prove(service, directory)
        yield from self._title_shows()

    def _title_shows(self) -> Iterator[Diagnostic]:
        """The case's title is seen by everybody who is asked: it may name nothing that a step hides."""
        service = self._service
        title = service.settings.instance_name
        told = index_of(service).questions(title.names) if title is not None else frozenset()
        for step in service.routing.steps if service.routing and told else ():
            if step.who.only_initiator:
                continue  # it is her own form; a title is made when she sends it
            for name in sorted(told & spread(service, step.hide)):
                yield TITLE_SHOWS_HIDDEN.at(step.at("hide"), step=step.id, name=name)

    def _expression(
        self, expression: Expression | None, scope: Scope, expected: Kind = Kind.ANY
    ) -> Iterator[Diagnostic]:
        if expression is not None:
            yield from check(expression, scope, expected)
            yield from self._ambiguities(expression.names, expression.place)

    def _ambiguities(self, names: frozenset[str], place: Place) -> Iterator[Diagnostic]:
        for name in sorted(names):
            if (places := self._ambiguous.get(fold_name(name))) is not None:
                cells = "、".join(map(str, places))
                yield faults.AMBIGUOUS_ITEM.at(place, name=name, cells=cells)


def _default(item: Field, choices: Collection[Choice]) -> Iterator[Diagnostic]:
    """What a question begins with, where that is written out, must be among its choices."""
    default = item.default
    if default is None or not choices or not isinstance(default.root, Text | Number):
        return
    known = {choice.name for choice in choices}
    text = str(default.root.value)
    for word in text.split() if item.kind is Kind.LIST else [text]:
        if word not in known:
            labels = {choice.label.get(): choice.name for choice in choices}
            near = labels.get(word) or suggest(word, known)
            yield faults.DEFAULT_NO_CHOICE.at(default.place, field=item.name, value=word, near=near)


def _hidden(names: Iterable[str], masks: Masks) -> list[str]:
    """The names among some that are sensitive or derive from what is, each once."""
    return [*dict.fromkeys(name.strip() for name in sorted(names) if masks.hides(name.strip().removeprefix(LAST)))]


def _column(name: str, choices: Sequence[Choice]) -> Name:
    """A column of a list of choices: the texts in it, and the words of those that hold several."""
    if name in ("name", "label"):
        return Name(Kind.ANY)
    texts = {choice.columns[name].text.strip() for choice in choices if name in choice.columns}
    return Name(Kind.ANY, frozenset(texts.union(*map(str.split, texts))), called=name)
