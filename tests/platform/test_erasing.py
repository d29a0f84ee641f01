"""Deleting personal data for good, while the log still verifies.

1. What is over its period goes, from every table and from the folder of attachments; what is not, stays.
2. The log, its checkpoints and its export verify after it; so do entries of format 1.
3. What was taken out without an entry that tells of it is named by the verifier.
4. The case says what was deleted and when; projections, backups and copies agree with the events.
5. An administrator deletes for one case, with a reason; open cases keep everything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from halls import open_test_hall
from relief import ID, OTHER_ID, PHONE, RELIEF, SECRETS, approved, everything, found_in, in_bytes, person, said, sent
from typer.testing import CliRunner

from banshi.platform.audit.verify import verify
from banshi.platform.cases.rebuilding import rebuild
from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.platform.keeping import move
from banshi.rules.values import CAMPUS_ZONE, loads
from banshi.storage import chain
from banshi.storage.canonical import canonical
from banshi.storage.chain import body_fits
from banshi.storage.leaves import take_out
from banshi.storage.tiny import TinyStore
from banshi.ui.cli import app, run
from banshi.ui.cli_talk import WrongCall

SENT = datetime(2026, 9, 1, 9, tzinfo=CAMPUS_ZONE)


class Clock:
    def __init__(self) -> None:
        self.now = SENT

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock) -> Iterator[Hall]:
    opened = open_test_hall(tmp_path, clock=clock, services={"relief": RELIEF})
    yield opened
    opened.close()


@pytest.fixture
def ended(hall: Hall) -> str:
    """A case that was looked at, sent back, mended and approved."""
    case_id = sent(hall)
    hall.unmask(person(hall, "吴刚"), case_id, "证件号", f"核对 {ID}", command_id="look")
    head, applicant = person(hall, "王建国"), person(hall, "陈晓雨")
    view = hall.case(head, case_id)
    hall.act(
        head,
        case_id,
        view.tasks[0].id,
        "return",
        opinion=f"证件号 {ID} 请核对",
        return_to="initiator",
        seq=view.seq,
        command_id="back",
    )
    view = hall.case(applicant, case_id)
    answers = {**view.answers, "金额": "900"}
    assert hall.act(applicant, case_id, "", "resubmit", answers=answers, seq=view.seq, command_id="again").done
    approved(hall, case_id)
    return case_id


def left_of(folder: Path) -> list[str]:
    held = everything(folder)
    return [secret for secret in SECRETS if secret in held or in_bytes(secret) in held]


def verified(hall: Hall, folder: Path, **more: Path) -> tuple[bool, int]:
    export = folder / "log.zip"
    export.write_bytes(b"".join(hall.export_ledger(person(hall, "吴刚"))[2]))
    verdict = verify(export, **more)
    assert verdict.fine, [one.message("en") for one in verdict.findings]
    return verdict.fine, verdict.deleted


def test_nothing_is_left_of_what_is_over_its_period(hall: Hall, ended: str, tmp_path: Path, clock: Clock) -> None:
    assert set(left_of(tmp_path)) == set(SECRETS), "this test finds what is there"
    clock.now = SENT.replace(year=2029, hour=8)
    assert hall.erase_due() == 0, "three years are not over yet"
    clock.now = SENT.replace(year=2029, month=9, day=2)
    assert hall.erase_due() == 1
    assert left_of(tmp_path) == []
    held = everything(tmp_path)
    assert "110105***" not in held, "nor what masks left of it"
    assert not [file for file in (tmp_path / "attachments").rglob("*") if file.is_file()]
    assert hall.erase_due() == 0
    clock.now += timedelta(hours=2)
    assert hall.erase_due() == 0, "once is enough"


def test_the_case_says_so(hall: Hall, ended: str, clock: Clock) -> None:
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    for name in ("陈晓雨", "王建国", "吴刚", "周倩"):
        view = hall.case(person(hall, name), ended)
        assert view.erased is not None
        assert view.erased.why == "period"
        assert view.erased.at.date().isoformat() == "2030-09-01"
        assert set(view.erased.labels) == {"受助人", "身份证号", "手机", "困难等级", "收入证明"}
        assert view.answers["金额"] == 900
        assert not view.answers["证件号"]
        assert view.masked == () or view.masked == []
        assert [event.kind for event in view.events][-1] == "erased"
        assert not found_in(said(view))


@pytest.fixture
def guarded(hall: Hall, ended: str, tmp_path: Path) -> Path:
    """A checkpoint that the auditor keeps, of before the deletion."""
    return hall.save_checkpoint(person(hall, "吴刚"), tmp_path / "checkpoints")


def test_the_log_verifies_against_a_checkpoint_of_before(
    hall: Hall, guarded: Path, tmp_path: Path, clock: Clock
) -> None:
    assert verified(hall, tmp_path, checkpoint=guarded)[1] == 0
    assert sealed_in(tmp_path, guarded) > 3
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    assert verified(hall, tmp_path, checkpoint=guarded)[1] > 3
    later = hall.save_checkpoint(person(hall, "吴刚"), tmp_path / "checkpoints")
    assert verify(None, checkpoint=later, previous=guarded).fine
    assert sealed_in(tmp_path, guarded) == 0


def sealed_in(folder: Path, guarded: Path) -> int:
    """How many entries of an export, in which no secret is, lack values that it leaves out."""
    with ZipFile(folder / "log.zip") as archive:
        assert not found_in(archive.read("entries.jsonl").decode())
    return verify(folder / "log.zip", checkpoint=guarded).sealed


def test_what_nobody_told_of_is_named(hall: Hall, ended: str, tmp_path: Path) -> None:
    entry = hall._store.case_entries(ended)[0]
    lines = [loads(line) for line in exported(hall, tmp_path)]
    at = next(i for i, line in enumerate(lines) if line["hash"] == entry.hash)
    told = lines[at]
    body, parts = take_out(told["body"], "", told["parts"], ["/payload/answers/金额"], "gone")
    lines[at] |= {"body": body, "parts": parts}
    changed = rewritten(tmp_path, lines)
    verdict = verify(changed)
    assert [one.code for one in verdict.findings if one.code != "LOG-025"] == ["LOG-026"]
    assert verdict.entry == at
    lines[at]["body"]["actor"] = "20009"
    verdict = verify(rewritten(tmp_path, lines))
    assert "LOG-011" in [one.code for one in verdict.findings]
    assert verdict.entry == at


@pytest.mark.parametrize(
    ("kind", "pointer"),
    [
        ("approved", "/actor"),
        ("approved", "/payload/step"),
        ("submitted", "/payload/applicant"),
        ("submitted", "/payload/state"),
        ("submitted", "/payload/number"),
        ("decision", "/record/fired"),
        ("decision", "/outcome"),
        ("note", "/public_key"),
    ],
)
@pytest.mark.parametrize("how", ["sealed", "gone"])
def test_what_can_never_be_sensitive_is_missed(
    hall: Hall, ended: str, tmp_path: Path, kind: str, pointer: str, how: str
) -> None:
    hall.save_checkpoint(person(hall, "吴刚"), tmp_path / "checkpoints")
    lines = [loads(line) for line in exported(hall, tmp_path)]
    wanted = [
        i
        for i, line in enumerate(lines)
        if (line["body"]["kind"] if line["header"]["kind"] == "event" else line["header"]["kind"]) == kind
    ]
    at = wanted[-1]
    told = lines[at]
    body, parts = take_out(told["body"], told["salt"], told.get("parts"), [pointer], how)
    lines[at] |= {"body": body, "parts": parts, "salt": ""}
    verdict = verify(rewritten(tmp_path, lines))
    assert [one.code for one in verdict.findings if one.code != "LOG-025"] == ["LOG-029"]
    assert (verdict.entry, dict(verdict.findings[-1].facts)["pointer"]) == (at, pointer)


def test_what_is_left_out_is_named_and_held_against_the_workbook(hall: Hall, ended: str, tmp_path: Path) -> None:
    lines = [loads(line) for line in exported(hall, tmp_path, workbooks=True)]
    honest = verify(tmp_path / "log.zip")
    assert [one.code for one in honest.findings] == ["LOG-025"]
    names = {name for service, name, named in honest.left_out if named and service == "relief"}
    assert {"姓名", "证件号", "手机", "困难等级", "家人证件", "摘要"} <= names
    assert "金额" not in names
    at = next(i for i, line in enumerate(lines) if line["body"].get("kind") == "submitted")
    body, parts = take_out(lines[at]["body"], "", lines[at]["parts"], ["/payload/answers/金额"], "sealed")
    lines[at] |= {"body": body, "parts": parts}
    hidden = verify(rewritten(tmp_path, lines))
    assert hidden.left_out["relief", "金额", True] == 1
    [finding] = [one for one in hidden.findings if one.code == "LOG-030"]
    assert dict(finding.facts)["fields"] == "relief 金额 (1)"


def test_what_cannot_be_computed_again_is_no_difference(
    hall: Hall, ended: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(hall, tmp_path, workbooks=True)
    assert run(["log", "replay", str(tmp_path / "log.zip"), "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "Differences: 0." in told
    assert "Cannot be computed: 1 (1 of them because" in told
    assert run(["log", "verify", str(tmp_path / "log.zip"), "--lang", "zh"]) == 0
    assert "没有导出（relief）：" in (told := capsys.readouterr().out)
    assert "证件号" in told
    hall.erase(person(hall, "孙静"), ended, "本人要求", command_id="erase")
    assert run(["log", "replay", "--data", str(tmp_path), "--lang", "zh"]) == 0
    assert "不能重算：1（其中 1 条" in capsys.readouterr().out
    assert [hall.directory.name("command-line", language) for language in ("zh", "en")] == ["命令行", "Command line"]


def exported(hall: Hall, folder: Path, *, workbooks: bool = False) -> list[bytes]:
    (folder / "log.zip").write_bytes(b"".join(hall.export_ledger(person(hall, "吴刚"), workbooks=workbooks)[2]))
    with ZipFile(folder / "log.zip") as archive:
        return archive.read("entries.jsonl").splitlines()


def rewritten(folder: Path, lines: list[dict[str, object]]) -> Path:
    """The export with other entries; the manifest still fits, so that only the entries can be wrong."""
    data = b"".join(canonical(line) + b"\n" for line in lines)
    with ZipFile(folder / "log.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = loads(files["manifest.json"].decode())
    for one in manifest["files"]:
        if one["path"] == "entries.jsonl":
            one |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    with ZipFile(folder / "changed.zip", "w") as archive:
        for name, content in {**files, "entries.jsonl": data, "manifest.json": canonical(manifest)}.items():
            archive.writestr(name, content)
    return folder / "changed.zip"


def test_entries_of_format_1_verify_as_before_and_after_it(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def format_1(body: object, salt: str, _: object) -> str:
        return hashlib.sha256(bytes.fromhex(salt) + canonical(body)).hexdigest()

    monkeypatch.setattr(chain, "body_digest", format_1)
    hall = open_test_hall(tmp_path, clock=clock, services={"relief": RELIEF})
    case_id = sent(hall)
    approved(hall, case_id)
    monkeypatch.undo()
    guarded = hall.save_checkpoint(person(hall, "吴刚"), tmp_path / "checkpoints")
    verified(hall, tmp_path, checkpoint=guarded)
    clock.now = SENT.replace(year=2030)
    assert hall.erase_due() == 1
    assert verified(hall, tmp_path, checkpoint=guarded)[1] >= 2
    assert left_of(tmp_path) == []
    assert all(not body_fits(one.body_hash, one.salt, one.body, None) for one in hall._store.case_entries(case_id)[:1])
    lines = [loads(line) for line in exported(hall, tmp_path)]
    at = next(i for i, line in enumerate(lines) if line["header"]["case"] == case_id)
    lines[at]["body"]["payload"]["answers"]["金额"] = 9000
    verdict = verify(rewritten(tmp_path, lines), checkpoint=guarded)
    assert not verdict.fine
    assert verdict.entry == at
    hall.close()


def test_projections_are_what_the_events_add_up_to(hall: Hall, ended: str, clock: Clock) -> None:
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    assert list(rebuild(hall._store, lambda *_: None, dry_run=True)) == []


def test_an_administrator_deletes_at_a_persons_request(hall: Hall, ended: str, tmp_path: Path, clock: Clock) -> None:
    administrator, number = person(hall, "孙静"), hall.case(person(hall, "陈晓雨"), ended).row.number
    with pytest.raises(NotAllowed):
        hall.erase(person(hall, "周倩"), number, "本人申请", command_id="x")
    with pytest.raises(Declined):
        hall.erase(administrator, number, " ", command_id="y")
    for _ in range(2):
        assert hall.erase(administrator, number, "本人申请删除", command_id="z").done
    assert left_of(tmp_path) == []
    event = hall.case(person(hall, "陈晓雨"), ended).events[-1]
    assert (event.kind, event.actor, event.opinion) == ("erased", "孙静", "本人申请删除")
    with pytest.raises(Declined):
        hall.erase(administrator, number, "再删一次", command_id="w")
    rows = hall.looks(person(hall, "吴刚")).items
    assert [(row.kind, row.actor, row.number) for row in rows] == [
        ("erased", "孙静", number),
        ("looked", "吴刚", number),
    ]


def test_an_open_case_keeps_everything(hall: Hall, clock: Clock) -> None:
    case_id = sent(hall)
    clock.now = SENT.replace(year=2040)
    assert hall.erase_due() == 0
    with pytest.raises(Declined):
        hall.erase(person(hall, "孙静"), case_id, "本人申请", command_id="a")
    assert hall.case(person(hall, "陈晓雨"), case_id).answers["手机"] == PHONE


def test_a_draft_that_was_left_lying_goes_too(hall: Hall, clock: Clock, tmp_path: Path) -> None:
    applicant = person(hall, "陈晓雨")
    hall.save_draft(applicant, "relief", {"证件号": OTHER_ID}, hall.card(applicant, "relief").version)
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    assert hall._store.draft(applicant.id, "relief") is None


def test_replaying_says_that_inputs_were_deleted(hall: Hall, ended: str, clock: Clock) -> None:
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    differences = list(hall.replay(person(hall, "吴刚")))
    assert differences
    assert {one.why[0] for one in differences} == {"敏感的输入已删除，或没有导出"}


def test_a_copy_in_another_store_verifies_too(hall: Hall, ended: str, tmp_path: Path, clock: Clock) -> None:
    clock.now = SENT.replace(year=2030)
    hall.erase_due()
    hall.close()
    move(f"sqlite:///{tmp_path}/banshi.sqlite", f"tinydb:///{tmp_path}/copy.json", lambda *_: None)
    assert not found_in((tmp_path / "copy.json").read_text())
    copy = TinyStore(tmp_path / "copy.json")
    entries = copy.case_entries(ended)
    assert any(one.parts for one in entries)
    assert all(body_fits(one.body_hash, one.salt, one.body, one.parts) for one in entries)
    copy.close()


def test_the_command_deletes_and_says_so(
    hall: Hall, ended: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = hall.case(person(hall, "陈晓雨"), ended).row.number
    monkeypatch.delenv("BANSHI_DATABASE", raising=False)
    call = ["erase", number, "--reason", "本人书面申请", "--data", str(tmp_path), "--lang", "zh"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    assert "已删除 受助人、身份证号、手机、困难等级、收入证明" in done.output
    assert left_of(tmp_path) == []
    again = CliRunner().invoke(app, call)
    assert isinstance(again.exception, WrongCall)
    assert "已经删除" in again.exception.message("zh")


def test_broken_off_before_it_was_written_it_is_done_again(
    hall: Hall, ended: str, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.now = SENT.replace(year=2030)

    def broken(_: object) -> None:
        raise OSError("The power went.")

    with monkeypatch.context() as cut:
        cut.setattr(hall._store, "commit", broken)
        with pytest.raises(OSError, match="power"):
            hall.erase_due()
    assert ID in everything(tmp_path)
    assert hall.erase_due() == 1
    assert left_of(tmp_path) == []
