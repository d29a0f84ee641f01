"""For whom a step of a case waits, and who acted for whom: what the route panel says of people."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from banshi.platform.people.directory import Directory, Person
from banshi.platform.routes.state import RouteState, StepState, StepStatus
from banshi.platform.views import AskedView, StepView
from banshi.storage.contract import StoredTask

CLAIMED = "claimed"


def with_people(
    views: Sequence[StepView],
    state: RouteState,
    tasks: Sequence[StoredTask],
    directory: Directory,
    language: str,
    veiled: Collection[str] = (),
) -> list[StepView]:
    """The steps of a case, with those whom they ask, and who acted for whom; not of those in `veiled` (ids)."""
    since = {(task.step_id, task.person): task.since for task in tasks if task.state == "open"}
    found = []
    for view in views:
        if view.id in veiled:
            found.append(view)
            continue
        step = state.steps.get(view.id, StepState())
        instead = {vote.person: directory.name(vote.by, language) for vote in step.votes if vote.by}
        mine = {person: at for (step_id, person), at in since.items() if step_id == view.id}
        found.append(replace(view, instead=instead, asked=_asked(step, mine, directory, language)))
    return found


def _asked(step: StepState, since: Mapping[str, datetime], directory: Directory, language: str) -> list[AskedView]:
    if step.status is not StepStatus.ACTIVE:
        return []
    own = (step.claimed,) if step.claimed else step.people
    line = [person for one in own for person in (one, *(s.person for s in step.signers if s.person in step.line(one)))]
    later = [person for person in line if person not in step.waiting and step.vote_of(person) is None]

    def asked(person: str, at: datetime | None) -> AskedView:
        signer = next((signer for signer in step.signers if signer.person == person), None)
        return AskedView(
            person=directory.people.get(person) or Person(id=person, name=person),
            since=at,
            role=str(signer.signing) if signer else CLAIMED if step.claimed else "",
            by=directory.name(signer.by, language) if signer else "",
        )

    now = [asked(person, since.get(person, step.since)) for person in step.waiting]
    return [*now, *(asked(person, None) for person in later)]
