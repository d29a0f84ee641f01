"""What a command changes, whatever store carries it out: the number that it draws, and what it may not do."""

from __future__ import annotations

from collections.abc import Callable

from banshi.storage.contract import Change, Command, NumberRequest, StaleWrite


def change_of(command: Command, seq: int, draw: Callable[[NumberRequest], str]) -> tuple[Change, str]:
    """The change of a command to a case with `seq` events, and the number that was drawn for it, if any.

    Raises:
        StaleWrite: the sender had not seen all events.
        ValueError: the change speaks of another case than its command, a mistake in the code that made it.
    """
    if command.expected_seq is not None and command.expected_seq != seq:
        raise StaleWrite(seq)
    drawn: list[str] = []

    def noted(wanted: NumberRequest) -> str:
        drawn.append(draw(wanted))
        return drawn[-1]

    change = command.change if isinstance(command.change, Change) else command.change(noted)
    about = (
        {task.case_id for task in change.tasks}
        | {timer.case_id for timer in change.timers}
        | {message.case_id for message in change.messages}
        | {paper.case_id for paper in (*change.papers, *change.papers_left)}
        | {one.case_id for one in (*change.passes, *change.passes_left)}
        | ({change.case.id} if change.case else set())
    )
    of_case = change.events or change.attachments or change.registered
    if about - {command.case_id} or (not command.case_id and of_case):
        raise ValueError(f"The command {command.id} changes a case that it does not name.")
    return change, drawn[0] if drawn else ""
