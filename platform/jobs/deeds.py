"""What a job does with a row: opens a case, tells people or another system, one entry a deed in `DEEDS`; a portion of rows is
billed together (`bill`).

A deed gives messages to write, and what kept it from being done. Its ids are made from the run and the row, so that a row
that is worked through again does nothing anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banshi.platform.accounts.billing import Run, charge_run
from banshi.platform.cases.desk import Desk
from banshi.platform.cases.opening import Opener
from banshi.platform.forms.passing import answer_of
from banshi.platform.jobs.subjects import Subject
from banshi.platform.notices.composing import Happening, messages_of
from banshi.platform.notices.occurrences import Occurrence
from banshi.platform.people.who import WhoContext, resolve
from banshi.platform.service.jobs import Deed, Job
from banshi.platform.service.model import Service
from banshi.platform.service.notices import On
from banshi.platform.views import Receipt
from banshi.rules.expressions import evaluate
from banshi.rules.values import ErrorValue
from banshi.storage.contract import FAILED, Store, StoredMessage

Why = Mapping[str, str]
"""What kept a row from being done, by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What deeds need: the service and its job, the id of the run, and who opens cases."""

    service: Service
    job: Job
    run_id: str
    desk: Desk
    opener: Opener


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a row: messages that are to be written, or why not."""

    messages: Sequence[StoredMessage] = ()
    why: Why | None = None


def do(doing: Doing, subject: Subject) -> Done:
    """Do what the job does with a row."""
    return DEEDS[doing.job.deed](doing, subject)


def _open(doing: Doing, subject: Subject) -> Done:
    opens = doing.job.opens
    if opens is None:
        return Done()
    values = {name: evaluate(value, subject.environment()) for name, value in opens.fields}
    for name, value in values.items():
        if isinstance(value, ErrorValue):
            return Done(why={at: f"{name}: {value.diagnostic.message(at)}" for at in ("zh", "en")})
    applicant = subject.context.initiator.id
    if opens.applicant is not None:
        context = subject.context
        around = WhoContext(
            directory=context.directory, initiator=context.initiator, names=context.names, datasets=context.datasets,
            now=context.now, open_tasks=context.open_tasks, seed=f"{doing.run_id}#{subject.key}",
        )  # fmt: skip
        applicant = next((person.id for person in resolve(opens.applicant, around)), "")
        if not applicant:
            named = opens.applicant.text
            return Done(why={"zh": f"“{named}”没有人", "en": f"“{named}” names nobody"})
    command_id = f"{doing.run_id}#{subject.key}"
    person = subject.context.directory.people.get(applicant)
    if person is not None and doing.desk.receipt(person, command_id) is not None:
        return Done()  # it was opened before somebody could write that down
    answers: dict[str, Any] = {name: answer_of(value) for name, value in values.items()}
    sent = doing.opener.send(opens.service, applicant, answers, command_id=command_id, job=doing.job.name)
    return Done() if isinstance(sent, Receipt) else Done(why={"zh": sent[0], "en": sent[1]})


def _tell(doing: Doing, subject: Subject) -> Done:
    """Send a notice, or what a connection maps."""
    job, case = doing.job, subject.case
    happening = Happening(
        case_id=case.id if case else "",
        number=case.number if case else "",
        titles={"zh": case.title, **case.titles} if case else {"zh": subject.title},
        service=doing.service,
        seq=0,
        at=subject.context.now,
        context=subject.context,
        state=subject.state,
        masks=subject.masks,
    )
    occurrence = Occurrence(
        On.CALLED,
        notice=job.named if job.deed is Deed.REMIND else "",
        connection=job.named if job.deed is Deed.PUSH else "",
        key=f"{doing.run_id}#{subject.key}",
    )
    messages = messages_of(happening, [occurrence])
    wrong = next((message for message in messages if message.state == FAILED), None)
    return Done(messages, wrong.why if wrong else None)


def bill(doing: Doing, store: Store, first: str, rows: Mapping[str, Subject]) -> dict[str, Done]:
    """Charge the rows of a portion that begins with the key `first`, by their keys: each once, however often it is tried."""
    bills = doing.job.bills
    if bills is None or not rows:
        return {}
    import pandas as pd  # loaded when something is billed: it takes a while

    columns = doing.service.datasets[doing.job.subject.name].columns
    frame = pd.DataFrame(
        [[one.context.names.get(column) for column in columns] for one in rows.values()],
        columns=list(columns),
        dtype=object,
    )
    frame[bills.holder] = frame[bills.holder].map(str)
    run = Run(
        id=f"{doing.run_id}#{first}", service=doing.service, fees=bills.fees, account=bills.account, holder=bills.holder,
        reason=doing.job.name,
    )  # fmt: skip
    now = next(iter(rows.values())).context.now
    charged = charge_run(store, run, frame, now, accounts=doing.desk.accounts(doing.service))
    wrong = {
        name: {"zh": f"算不出费用：{why}", "en": f"it cannot be billed: {why}"} for name, why in charged.wrong.items()
    }
    poor = {name: {"zh": "余额不足，没有扣", "en": "too little is left, nothing was charged"} for name in charged.short}
    kept: Mapping[str, Why] = {**wrong, **poor}
    return {key: Done(why=kept.get(holder)) for key, holder in zip(rows, frame[bills.holder], strict=True)}


DEEDS: Mapping[Deed, Callable[[Doing, Subject], Done]] = {
    Deed.OPEN: _open,
    Deed.REMIND: _tell,
    Deed.PUSH: _tell,
}
