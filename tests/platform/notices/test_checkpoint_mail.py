"""The checkpoint of the day by mail: once a day to each address, and good for checking the log by the mail alone."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import ValidationError
from receivers import Mailbox, mail_server
from telling import ADMIN, AUDITOR, HEAD, OWNER, Clock, decide, open_hall, outside, person, send, sending

from banshi.platform.audit.verify import verify
from banshi.platform.hall import Hall
from banshi.platform.notices import checkpoints
from banshi.platform.notices.sending import Sending
from banshi.ui.settings import Settings

ADDRESSES = ("audit@gdut.example.edu.cn", "jiwei@gdut.example.edu.cn")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def hall(tmp_path: Path, clock: Clock, box: Mailbox) -> Iterator[Hall]:
    opened = open_hall(tmp_path, clock, sending=sending(mail=box.port))
    yield opened
    opened.close()


def saved(mail: EmailMessage, folder: Path) -> list[Path]:
    """The files of a mail, as an auditor saves them."""
    folder.mkdir()
    files = []
    for part in mail.iter_attachments():
        files.append(folder / str(part.get_filename()))
        files[-1].write_bytes(part.get_payload(decode=True))
    return files


def test_it_is_mailed_once_a_day_to_each_address(hall: Hall, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    folder = tmp_path / "checkpoints"
    assert hall.outbox.post_checkpoint(folder, ADDRESSES) == 0, "there is none yet"
    assert hall.save_daily_checkpoint(folder) == 1
    assert hall.outbox.post_checkpoint(folder, ADDRESSES) == 2
    assert hall.outbox.post_checkpoint(folder, ADDRESSES) == 0
    hall.outbox.send_due()
    clock.go(hours=2)  # half past eleven in the evening
    assert hall.outbox.post_checkpoint(folder, ADDRESSES) == 0
    assert sorted(box.recipients) == sorted(ADDRESSES)
    clock.go(hours=1)
    assert hall.outbox.post_checkpoint(folder, ADDRESSES) == 0, "yesterday's is not mailed today"
    hall.save_daily_checkpoint(folder)
    assert hall.outbox.post_checkpoint(folder, ADDRESSES[:1]) == 1


def test_the_log_is_checked_by_what_the_mails_hold(hall: Hall, tmp_path: Path, clock: Clock, box: Mailbox) -> None:
    folder = tmp_path / "checkpoints"
    case_id = send(hall)
    hall.save_daily_checkpoint(folder)
    hall.outbox.post_checkpoint(folder, ADDRESSES[:1])
    clock.go(days=1)
    decide(hall, HEAD, case_id)
    hall.save_daily_checkpoint(folder)
    hall.outbox.post_checkpoint(folder, ADDRESSES[:1])
    while hall.outbox.send_due():
        pass
    mails = sorted((mail for mail in box.mails if "检查点" in mail["Subject"]), key=lambda mail: str(mail["Subject"]))
    assert [mail["Subject"] for mail in mails] == ["日志检查点 20260302", "日志检查点 20260303"]
    for file in folder.iterdir():
        file.unlink()
    export = tmp_path / "log.zip"
    export.write_bytes(b"".join(hall.export_ledger(person(hall, AUDITOR))[2]))
    first, second = (saved(mail, tmp_path / f"mail{i}") for i, mail in enumerate(mails))
    assert [path.suffix for path in (*first, *second)] == [".json", ".hashes"] * 2
    verdict = verify(export, checkpoint=second[0], previous=first[0])
    assert (verdict.fine, verdict.findings) == (True, ())
    changed = second[1].read_bytes()
    second[1].write_bytes(bytes([changed[0] ^ 1]) + changed[1:])
    verdict = verify(export, checkpoint=second[0], previous=first[0])
    assert [one.code for one in verdict.findings] == ["LOG-024"], "the hashes of the mail were read"


def test_hashes_that_are_too_many_stay_in_the_folder(
    hall: Hall, tmp_path: Path, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "MOST_BYTES", 10)
    hall.save_daily_checkpoint(tmp_path / "checkpoints")
    hall.outbox.post_checkpoint(tmp_path / "checkpoints", ADDRESSES[:1])
    hall.outbox.send_due()
    [mail] = box.mails
    [checkpoint] = saved(mail, tmp_path / "mail")
    body = mail.get_body(("plain",))
    assert body is not None
    assert checkpoint.with_suffix(".hashes").name in body.get_content()


def test_only_administrators_see_how_it_stands(hall: Hall, tmp_path: Path) -> None:
    hall.save_daily_checkpoint(tmp_path / "checkpoints")
    hall.outbox.post_checkpoint(tmp_path / "checkpoints", ADDRESSES[:1])
    [row] = hall.outbox.messages(person(hall, ADMIN), "waiting", language="en").items
    assert (row.to, row.service, row.text) == (ADDRESSES[0], "Checkpoint of the log 20260302", "")
    assert hall.outbox.messages(person(hall, OWNER), "waiting").items == []


def test_a_copy_that_sends_nothing_mails_none(tmp_path: Path, clock: Clock) -> None:
    hall = open_hall(tmp_path, clock, sending=Sending(active=False))
    hall.save_daily_checkpoint(tmp_path / "checkpoints")
    assert hall.outbox.post_checkpoint(tmp_path / "checkpoints", ADDRESSES) == 0
    assert outside(hall) == []
    hall.close()


def test_the_setting_takes_addresses(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, checkpoint_mail="a@gdut.example.edu.cn，b@gdut.example.edu.cn")
    assert settings.checkpoint_folder == tmp_path / "checkpoints"
    assert Settings(checkpoint_mail="a@x.cn", checkpoints=tmp_path).checkpoint_folder == tmp_path
    assert Settings().checkpoint_folder is None
    with pytest.raises(ValidationError, match="no mail address"):
        Settings(checkpoint_mail="audit")
