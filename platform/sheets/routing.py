"""What a check says of a service's route as a whole: its paths, whether it is sound, and who decides on them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from banshi.platform.forms.index import index_of
from banshi.platform.forms.rights import spread, withheld
from banshi.platform.people.directory import Directory, Person
from banshi.platform.people.terms import TermKind, WhoContext
from banshi.platform.people.who import weights
from banshi.platform.routes import faults
from banshi.platform.routes.asking import ADMINISTRATOR
from banshi.platform.routes.model import Empty, Mode, Route, RouteStep
from banshi.platform.routes.paths import Path, Paths, find_paths
from banshi.platform.routes.soundness import soundness
from banshi.platform.routes.tree import Tree
from banshi.platform.service.model import Field, Group, Item, Service
from banshi.platform.sheets.contradictions import contradictions
from banshi.platform.sheets.today import today
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Scope
from banshi.rules.expressions.contradictions import never_hold
from banshi.rules.tables.explaining import shown
from banshi.rules.values import Value

_ONE_DECIDES = frozenset({Mode.ONE, Mode.ANY, Mode.CLAIM})


def paths_of(service: Service) -> Paths:
    """The distinct paths of the service's route."""
    scope = Scope(service.condition_names, service.datasets)
    items = service.survey.children if service.survey else ()
    return find_paths(service.routing or Route(()), scope, frozenset(_optional(items, shown=True)))


def prove(service: Service, directory: Directory | None) -> Iterator[Diagnostic]:
    """All that is wrong with the route as a whole; without a directory, people are not looked at."""
    route = service.routing
    if route is None or not route.steps or len({step.id for step in route.steps}) < len(route.steps):
        return
    yield from _sound(route, directory)
    yield from _on_paths(service, route, directory)
    yield from contradictions(service, route, directory)
    for step in route.steps:
        yield from _rights(service, step)
        yield from _known_later(service, route, step)
        yield from _return_targets(route, step)
        yield from _enough_people(step, directory)


def example_text(example: Mapping[str, Value], language: str = "zh") -> str:
    """An input as a sentence names it; `any input` where a path depends on none."""
    told = ("，" if language == "zh" else ", ").join(f"{name} = {shown(v, language)}" for name, v in example.items())
    return told or ("任何填报" if language == "zh" else "any input")


def _optional(items: Iterable[Item], *, shown: bool) -> Iterator[str]:
    """The questions that may stay empty: not required, or not always shown."""
    for item in items:
        always = shown and item.relevant is None
        if isinstance(item, Group):
            yield from _optional(item.children, shown=always)
        elif isinstance(item, Field) and item.calculation is None:
            filled = item.default is not None or item.prefill is not None or item.required is not None
            if not (always and filled):
                yield item.name


def _sound(route: Route, directory: Directory | None) -> Iterator[Diagnostic]:
    administrators = directory is None or bool(directory.holders(ADMINISTRATOR))
    found = soundness(route, administrators=administrators)
    for step in route.steps:
        if step.id in found.stuck:
            yield faults.MAY_WAIT_FOR_EVER.at(step.at("mode"), step=step.id)
        if step.id in found.dead:
            yield faults.ALWAYS_CUT_OFF.at(step.place, step=step.id, group=step.group)


def _on_paths(service: Service, route: Route, directory: Directory | None) -> Iterator[Diagnostic]:
    found = paths_of(service)
    scope = Scope(service.condition_names, service.datasets)
    for step_id in found.never:
        step = route.step(step_id)
        if step.when is not None and not any(never_hold(step.when, scope)):
            yield faults.NEVER_ENTERED.at(step.when.place, step=step_id)
    deciding = [step for step in route.steps if _decides(step)]
    yield from _unattended(service, route, found, deciding)
    told: set[tuple[str, ...]] = set()
    for path in found.paths:
        steps = [step for step in deciding if step.id in path.taken]
        ids = tuple(step.id for step in steps)
        if len(steps) > 1 and ids not in told and (who := _alone(steps, directory)):
            told.add(ids)
            last = steps[-1]
            earlier = "、".join(ids[:-1])
            facts = {"path": path.text(route), "who": who, "step": last.id, "earlier": earlier}
            yield faults.ONE_DECIDES_ALONE.at(last.at("differ"), **facts, **_example(path))


def _unattended(service: Service, route: Route, found: Paths, deciding: Sequence[RouteStep]) -> Iterator[Diagnostic]:
    """Paths on which nobody but the applicant decides: because no step is taken, or because each may find nobody.

    A route without any step that decides is meant so where people do something in it; else it is told.
    """
    handling = deciding or [step for step in route.steps if step.mode.asks and not step.who.only_initiator]
    for path in found.paths:
        if not any(step.id in path.taken for step in handling):
            facts = {"path": path.text(route), **_example(path)}
            told = faults.NOBODY_DECIDES if deciding else faults.NOBODY_ACTS
            yield told.at((deciding or route.steps)[0].place, **facts)
            break
    empty = {step.id: name for step in deciding if (name := _may_be_empty(service, route, step))}
    for path in found.paths:
        steps = [step.id for step in deciding if step.id in path.taken]
        if steps and all(step in empty for step in steps):
            facts = {"path": path.text(route), "steps": "、".join(steps), **_example(path)}
            names = "、".join(dict.fromkeys(empty[step] for step in steps))
            yield faults.SKIPPED_WITHOUT_PERSON.at(route.step(steps[0]).at("empty"), names=names, **facts)
            break


def _may_be_empty(service: Service, route: Route, step: RouteStep) -> str:
    """The optional fields that alone name the people of a step which is skipped where they are empty; else blank."""
    terms = [term for term in step.who.terms if not term.minus]
    if step.empty is not Empty.SKIP or any(term.kind is not TermKind.FIELD for term in terms):
        return ""
    places = Tree(route).positions
    earlier = [other for other in route.steps if places[other.id].before(places[step.id]) and other.when is None]
    asked = frozenset[str]().union(*(spread(service, other.require) for other in earlier))
    items = service.survey.children if service.survey else ()
    optional = {*_optional(items, shown=True)} | withheld(service)
    names = [term.name for term in terms]
    return "、".join(names) if all(name in optional - asked for name in names) else ""


def _example(path: Path) -> dict[str, str]:
    return {"example": example_text(path.example), "example_en": example_text(path.example, "en")}


def _decides(step: RouteStep) -> bool:
    return step.mode.decides and not step.who.only_initiator


def _alone(steps: list[RouteStep], directory: Directory | None) -> str:
    """The role or the person who may take every decision of several steps; blank where nothing says that one may."""
    ids = {step.id for step in steps}
    if any(step.mode not in _ONE_DECIDES or ids & {*step.differ} for step in steps):
        return ""
    if len({step.who.text for step in steps}) == 1:
        return steps[0].who.text
    people = [today(step.who, directory) for step in steps]
    if directory is None or not all(people):
        return ""
    both = set.intersection(*({person.id for person in found} for found in people))
    return directory.people[min(both)].name if both else ""


def _rights(service: Service, step: RouteStep) -> Iterator[Diagnostic]:
    """What is required has to be seen and edited at the step, also where a cell names a group."""
    hidden, edited = spread(service, step.hide), spread(service, step.edit)
    for name in step.require:
        fields = spread(service, (name,))
        if fields & hidden:
            inner = name if name in hidden else min(fields & hidden)
            yield faults.REQUIRED_BUT_HIDDEN.at(step.at("require"), name=inner, step=step.id)
        elif not step.who.only_initiator and (missing := _questions(service, fields - edited)):
            inner = name if name in missing else min(missing)
            yield faults.REQUIRED_BUT_READ_ONLY.at(step.at("require"), name=inner, step=step.id)


def _questions(service: Service, names: Collection[str]) -> set[str]:
    items = service.survey.walk() if service.survey else ()
    return {i.name for i, _ in items if i.name in names and isinstance(i, Field) and i.calculation is None}


def _known_later(service: Service, route: Route, step: RouteStep) -> Iterator[Diagnostic]:
    """What the condition reads, also behind calculations and rules, but only this step or a later one fills in, since the applicant does not see it."""
    if step.when is None:
        return
    items = service.survey.walk() if service.survey else ()
    fields = {item.name: item for item, _ in items if isinstance(item, Field)}
    places = Tree(route).positions
    unseen = withheld(service)
    for name in sorted(index_of(service).questions(step.when.names)):
        field = fields[name]
        if name not in unseen or field.default is not None or field.prefill is not None:
            continue
        filling = [other for other in route.steps if name in spread(service, other.edit)]
        if filling and not any(places[other.id].before(places[step.id]) for other in filling):
            yield faults.KNOWN_LATER.at(step.when.place, step=step.id, name=name, later=filling[0].id)


def _return_targets(route: Route, step: RouteStep) -> Iterator[Diagnostic]:
    places = Tree(route).positions
    for target in step.back:
        if target in places and route.step(target).mode in (Mode.AUTO, Mode.NOTIFY, Mode.WAIT):
            yield faults.NEVER_DONE_BY_HAND.at(step.at("back"), step=step.id, target=target)


def _enough_people(step: RouteStep, directory: Directory | None) -> Iterator[Diagnostic]:
    """Counted steps that ask fewer people today than they want votes."""
    people = today(step.who, directory)
    if not people or step.threshold is None or step.threshold.share or not step.mode.counts:
        return
    context = WhoContext(directory=directory or Directory(), initiator=Person(id="", name=""))
    whole = sum(weights(step.who, context).values()) if step.mode is Mode.WEIGHT else len(people)
    if not step.threshold.met(Fraction(whole), Fraction(whole)):
        value, more = step.threshold.value, step.threshold.strict
        facts = {
            "wanted": f"超过 {value} " if more else f" {value} ",
            "wanted_en": f"more than {value}" if more else value,
        }
        yield faults.TOO_FEW_VOTES.at(step.at("mode"), step=step.id, **facts, there=whole)
