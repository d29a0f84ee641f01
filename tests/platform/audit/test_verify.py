"""Exports and checkpoints of the log, and what the verifier says of every kind of alteration.

V1  What was not altered fits, as a ZIP and as a folder, also with entries after the checkpoint.
V2  Whoever alters an export is found out and the first entry that does not fit is named; also when he computes all hashes
    anew and signs with the hall's own key, as somebody could who has the server.
V3  Without the hashes beside the checkpoint the alteration is found, if not always the entry.
V4  A checkpoint that was changed, of another key or of another hall is no help to anybody.
V5  A checkpoint continues the one before, or it is not written.
V6  The key is the server's alone, and the log says that it was made.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from halls import open_test_hall
from hypothesis import given, settings
from hypothesis import strategies as st
from leaves_oracle import digest_of

from banshi.platform.audit.checkpoint import checkpoint_of, read_checkpoint
from banshi.platform.audit.ledger import Discontinued
from banshi.platform.audit.signing import public_pem, signer
from banshi.platform.audit.verify import Verdict, verify
from banshi.platform.errors import Declined, NotAllowed
from banshi.platform.hall import Hall
from banshi.storage.sql import SqlStore

CAMPUS = ZoneInfo("Asia/Shanghai")
STUDENT, HEAD, AUDITOR = "20001", "20002", "20006"
Lines = list[dict[str, Any]]


@dataclass
class Office:
    """A hall, its checkpoints in a folder of the auditor's, and an export of it."""

    hall: Hall
    folder: Path
    kept: Path
    now: datetime

    def send(self, purpose: str, command_id: str) -> str:
        answers = {"用途": purpose, "天数": Decimal(7), "押金": Decimal("200.00")}
        return self.hall.submit(
            self.hall.directory.people[STUDENT], "borrowing", answers, command_id=command_id
        ).case_id

    def approve(self, case_id: str) -> None:
        head = self.hall.directory.people[HEAD]
        view = self.hall.case(head, case_id)
        done = self.hall.act(
            head, case_id, view.tasks[0].id, "approve", opinion="同意", seq=view.seq, command_id=case_id
        )
        assert done.done

    def checkpoint(self) -> Path:
        self.now += timedelta(days=1)
        return self.hall.save_checkpoint(self.hall.directory.people[AUDITOR], self.kept)

    def export(self, *, workbooks: bool = False) -> Path:
        path = self.folder / "log.zip"
        pieces = self.hall.export_ledger(self.hall.directory.people[AUDITOR], workbooks=workbooks)[2]
        path.write_bytes(b"".join(pieces))
        return path


def opened(folder: Path) -> Office:
    folder.mkdir(exist_ok=True)
    office = Office(None, folder, folder / "auditor", datetime(2026, 3, 2, 9, tzinfo=CAMPUS))  # type: ignore[arg-type]
    office.hall = open_test_hall(folder, clock=lambda: office.now)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Three cases of three entries; the first two are under the first checkpoint, all under the second."""
    found = opened(tmp_path / "hall")
    first, second = found.send("催化剂表征", "c1"), found.send("电镜制样", "c2")
    found.approve(first)
    found.checkpoint()
    found.send("热重分析", "c3")
    found.approve(second)
    found.checkpoint()
    yield found
    found.hall.close()


def files_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: dict[str, bytes], path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def canonical(value: Any) -> bytes:
    """Canonical JSON by the standard library; decimals stand in the texts `#…#`."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return re.sub(r'"#(-?\d+\.\d+)#"', r"\1", text).encode()


def read(data: bytes) -> Lines:
    return [json.loads(line, parse_float=lambda digits: f"#{digits}#") for line in data.splitlines()]


def written(lines: Lines) -> bytes:
    return b"".join(canonical(line) + b"\n" for line in lines)


def anew(lines: Lines, *, numbered: bool = True) -> None:
    """Compute every hash of some lines anew, and their numbers, as somebody would who covers his tracks."""
    last: dict[str, tuple[int, str]] = {}
    for position, line in enumerate(lines):
        head = line["header"]
        n, previous = last.get(head["case"], (0, ""))
        head["body"] = "2:" + digest_of(line["body"], bytes.fromhex(line["salt"]), canonical).hex()
        head |= {"n": n + 1, "previous": previous}
        line["hash"] = hashlib.sha256(b"\x00" + canonical(head)).hexdigest()
        if numbered:
            line["position"] = position
        last[head["case"]] = n + 1, line["hash"]


def tree(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + tree(hashes[:split]) + tree(hashes[split:])).digest()


def forged(office: Office, alter: Callable[[Lines], Any], *, cover: bool) -> Path:
    """An export whose entries were altered; with `cover` hashes, manifest and checkpoint are made to fit, with the hall's key."""
    files = files_of(office.export())
    lines = read(files["entries.jsonl"])
    alter(lines)
    if cover:
        anew(lines)
    files["entries.jsonl"] = written(lines)
    manifest = json.loads(files["manifest.json"])
    if cover:
        own = manifest["checkpoint"]
        own |= {"size": len(lines), "root": tree([bytes.fromhex(line["hash"]) for line in lines]).hex()}
        del own["signature"]
        own["signature"] = signer(office.folder / "log-key.pem")[0].sign(canonical(own))
        manifest["entries"] = len(lines)
        data = files["entries.jsonl"]
        manifest["files"][0] |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        files["manifest.json"] = json.dumps(manifest).encode()
    return zipped(files, office.folder / "forged.zip")


def last_of(office: Office) -> Path:
    return sorted(office.kept.glob("checkpoint-*.json"))[-1]


def said(verdict: Verdict) -> tuple[list[str], int | None]:
    return [one.code for one in verdict.findings], verdict.entry


def alone(office: Office) -> Path:
    """The last checkpoint without what lies beside it, as it would come by mail."""
    folder = office.folder / "mail"
    folder.mkdir(exist_ok=True)
    (folder / "checkpoint.json").write_bytes(last_of(office).read_bytes())
    return folder / "checkpoint.json"


def swap(lines: Lines, one: int, other: int) -> None:
    lines[one], lines[other] = lines[other], lines[one]


def raise_price(lines: Lines) -> None:
    """The deposit of the second case: 200.00 becomes 300.00."""
    body = lines[3]["body"]
    assert body["payload"]["answers"]["押金"] == "#200.00#"
    body["payload"]["answers"]["押金"] = "#300.00#"


def case_of(lines: Lines, number: int) -> str:
    return [line["header"]["case"] for line in lines if line["body"].get("seq") == 1][number]


def without_case(lines: Lines) -> None:
    gone = case_of(lines, 1)
    lines[:] = [line for line in lines if line["header"]["case"] != gone]


def test_the_log_is_what_the_tests_take_it_for(office: Office) -> None:
    lines = read(files_of(office.export())["entries.jsonl"])
    cases = {"": 0} | {case_of(lines, number): number + 1 for number in range(3)}
    assert [cases[line["header"]["case"]] for line in lines] == [0, 1, 1, 2, 2, 1, 1, 0, 3, 3, 2, 2]
    assert [read_checkpoint(path.read_bytes()).size for path in sorted(office.kept.glob("*.json"))] == [8, 12]


# V1


def test_v1_what_was_not_altered_fits(office: Office, tmp_path: Path) -> None:
    path, (first, last) = office.export(workbooks=True), sorted(office.kept.glob("*.json"))
    verdict = verify(path, checkpoint=last, previous=first, key=office.kept / "public-key.pem")
    assert (verdict.findings, verdict.entries, verdict.cases) == ((), 12, 3)
    assert verify(path, checkpoint=alone(office)).findings == ()
    assert verify(path, checkpoint=first).findings == ()
    assert verify(None, checkpoint=last, previous=first).findings == ()
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "folder")
    assert verify(tmp_path / "folder", checkpoint=last).findings == ()


def test_v1_entries_after_the_checkpoint_fit_too(office: Office) -> None:
    office.send("拉曼光谱", "c4")
    verdict = verify(office.export(), checkpoint=last_of(office))
    assert (verdict.findings, verdict.entries, verdict.cases) == ((), 14, 4)


def test_v1_without_a_checkpoint_of_ones_own_that_is_said(office: Office) -> None:
    verdict = verify(office.export())
    assert (said(verdict), verdict.fine) == ((["LOG-025"], None), True)


# V2, V3


def drop(*positions: int) -> Callable[[Lines], Any]:
    return lambda lines: [lines.pop(position) for position in reversed(positions)]


def double(lines: Lines) -> None:
    lines.insert(6, json.loads(json.dumps(lines[5])))


def reassign(lines: Lines) -> None:
    lines[5]["body"]["actor"] = "20009"


def later(lines: Lines) -> None:
    lines[5]["header"]["at"] = "2026-03-01T01:00:00.000000Z"


def other_hash(lines: Lines) -> None:
    lines[5]["hash"] = "0" * 64


def emptied(lines: Lines) -> None:
    lines[5]["body"] = None


def renumbered(alter: Callable[[Lines], Any]) -> Callable[[Lines], Any]:
    """Altered, and the positions made to fit, but no hash."""

    def both(lines: Lines) -> None:
        alter(lines)
        for position, line in enumerate(lines):
            line["position"] = position

    return both


def invent(lines: Lines) -> None:
    """An approval that nobody gave, behind the others of the second case."""
    made = json.loads(json.dumps(lines[10]))
    made["body"]["seq"] = 4
    lines.append(made)
    swap(lines, 11, 12)


ALTERED: list[tuple[str, Callable[[Lines], Any], str, int | None, str, int | None]] = [
    # What is done; with the hashes kept by the auditor, then with the checkpoint alone: the code and the entry named.
    ("an amount", raise_price, "LOG-011", 3, "LOG-011", 3),
    ("who did it", reassign, "LOG-011", 5, "LOG-011", 5),
    ("a body taken out", emptied, "LOG-011", 5, "LOG-011", 5),
    ("the time", later, "LOG-012", 5, "LOG-012", 5),
    ("a hash", other_hash, "LOG-012", 5, "LOG-012", 5),
    ("one removed", drop(4), "LOG-013", 4, "LOG-013", 4),
    ("a case removed", without_case, "LOG-013", 3, "LOG-013", 3),
    ("two swapped", lambda lines: swap(lines, 4, 5), "LOG-014", 4, "LOG-014", 4),
    ("two of a case swapped", lambda lines: swap(lines, 3, 4), "LOG-014", 3, "LOG-014", 3),
    ("the last removed", drop(11), "LOG-019", 11, "LOG-019", 11),
    ("the last three removed", drop(9, 10, 11), "LOG-019", 9, "LOG-019", 9),
    ("one doubled", double, "LOG-015", 5, "LOG-015", 5),
    ("one removed, renumbered", renumbered(drop(4)), "LOG-013", 4, "LOG-016", 9),
    ("one doubled, renumbered", renumbered(double), "LOG-015", 5, "LOG-015", 6),
    ("two swapped, renumbered", renumbered(lambda lines: swap(lines, 4, 5)), "LOG-014", 4, "LOG-018", None),
    ("all removed", lambda lines: lines.clear(), "LOG-019", 0, "LOG-019", 0),
]
COVERED: list[tuple[str, Callable[[Lines], Any], str, int | None, str, int | None]] = [
    ("an amount", raise_price, "LOG-017", 3, "LOG-018", None),
    ("who did it", reassign, "LOG-017", 5, "LOG-018", None),
    ("one removed", drop(4), "LOG-013", 4, "LOG-019", 11),
    ("a case removed", without_case, "LOG-013", 3, "LOG-019", 8),
    ("two swapped", lambda lines: swap(lines, 4, 5), "LOG-014", 4, "LOG-018", None),
    ("two of a case swapped", lambda lines: swap(lines, 3, 4), "LOG-017", 3, "LOG-018", None),
    ("the last removed", drop(11), "LOG-019", 11, "LOG-019", 11),
    ("one doubled", double, "LOG-017", 6, "LOG-018", None),
    ("one invented", invent, "LOG-017", 11, "LOG-018", None),
]


@pytest.mark.parametrize(
    ("alter", "code", "entry", "alone_code", "alone_entry"),
    [row[1:] for row in ALTERED],
    ids=[row[0] for row in ALTERED],
)
def test_v2_v3_an_altered_export_is_found_out(
    office: Office, alter: Any, code: str, entry: int | None, alone_code: str, alone_entry: int | None
) -> None:
    path = forged(office, alter, cover=False)
    assert said(verify(path, checkpoint=last_of(office))) == ([code], entry)
    assert said(verify(path, checkpoint=alone(office))) == ([alone_code], alone_entry)


@pytest.mark.parametrize(
    ("alter", "code", "entry", "alone_code", "alone_entry"),
    [row[1:] for row in COVERED],
    ids=[row[0] for row in COVERED],
)
def test_v2_v3_so_is_one_whose_tracks_were_covered_with_the_key_of_the_hall(
    office: Office, alter: Any, code: str, entry: int | None, alone_code: str, alone_entry: int | None
) -> None:
    path = forged(office, alter, cover=True)
    assert verify(path).fine, "the forgery is perfect but for what the auditor keeps"
    assert said(verify(path, checkpoint=last_of(office))) == ([code], entry)
    assert said(verify(path, checkpoint=alone(office))) == ([alone_code], alone_entry)


def test_v2_a_removed_case_is_told_by_what_follows_it_and_how_many_are_missing(office: Office) -> None:
    (finding,) = verify(forged(office, without_case, cover=True), checkpoint=last_of(office)).findings
    assert finding.message("zh") == "缺第 3–4 条：被删除。其后是办件 JY20260001 的条目。"
    assert finding.message("en").startswith("Entry 3–4 is missing")


def test_v2_what_comes_after_the_last_checkpoint_can_still_be_altered(office: Office) -> None:
    """So checkpoints are made every day; the documentation says so."""
    office.send("拉曼光谱", "c4")
    path = forged(office, lambda lines: lines.pop(), cover=True)
    assert verify(path, checkpoint=last_of(office)).fine


def test_v3_an_earlier_checkpoint_says_from_where_on_something_is_wrong(office: Office) -> None:
    def alter(lines: Lines) -> None:
        lines[10]["body"]["actor"] = "20009"

    first = sorted(office.kept.glob("*.json"))[0]
    (office.folder / "mail").mkdir()
    (office.folder / "mail" / "first.json").write_bytes(first.read_bytes())
    (finding,) = verify(
        forged(office, alter, cover=True), checkpoint=alone(office), previous=office.folder / "mail" / "first.json"
    ).findings
    assert (finding.code, dict(finding.facts)["after"].strip()) == ("LOG-018", "[8…]")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, dict[str, bytes]]]:
    """An office of which nothing more is written, and the files of its export."""
    found = opened(tmp_path_factory.mktemp("finished") / "hall")
    for number in range(4):
        found.approve(found.send("催化剂表征", f"c{number}"))
    found.checkpoint()
    yield found, files_of(found.export())
    found.hall.close()


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_v2_whatever_byte_is_changed_its_entry_is_named(finished: tuple[Office, dict[str, bytes]], data: Any) -> None:
    office, files = finished
    entries = bytearray(files["entries.jsonl"])
    place = data.draw(st.integers(0, len(entries) - 1))
    entries[place] ^= data.draw(st.integers(1, 255))
    path = zipped({**files, "entries.jsonl": bytes(entries)}, office.folder / "changed.zip")
    verdict = verify(path, checkpoint=last_of(office))
    assert not verdict.fine
    assert verdict.entry == files["entries.jsonl"][:place].count(b"\n")


def test_v2_a_salt_in_capitals_is_not_as_it_was_written(finished: tuple[Office, dict[str, bytes]]) -> None:
    """It stands for the same bytes, so the hashes hold; the line is another all the same."""
    office, files = finished
    lines = files["entries.jsonl"].splitlines(keepends=True)
    at = next(number for number, line in enumerate(lines) if re.search(rb'"salt":"\d*[a-f]', line))
    before, salt, after = lines[at].partition(b'"salt":"')
    lines[at] = before + salt + after[:32].upper() + after[32:]
    path = zipped({**files, "entries.jsonl": b"".join(lines)}, office.folder / "capitals.zip")
    verdict = verify(path, checkpoint=last_of(office))
    assert (verdict.fine, verdict.entry) == (False, at)


@pytest.mark.parametrize("name", ["at", "body", "case", "kind", "n", "previous"])
def test_v2_a_name_in_a_header_that_is_another_is_told_there(
    finished: tuple[Office, dict[str, bytes]], name: str
) -> None:
    office, files = finished
    lines = files["entries.jsonl"].splitlines(keepends=True)
    before, head, after = lines[3].partition(b'"header":{')
    lines[3] = before + head + after.replace(f'"{name}":'.encode(), f'"{name}x":'.encode(), 1)  # still in order
    path = zipped({**files, "entries.jsonl": b"".join(lines)}, office.folder / "renamed.zip")
    verdict = verify(path, checkpoint=last_of(office))
    assert (verdict.fine, verdict.entry) == (False, 3)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_v2_whatever_lines_are_removed_moved_or_doubled_the_first_is_named(
    finished: tuple[Office, dict[str, bytes]], data: Any
) -> None:
    office, files = finished
    lines = files["entries.jsonl"].splitlines(keepends=True)
    places = data.draw(
        st.permutations(range(len(lines))) | st.lists(st.integers(0, len(lines) - 1), max_size=len(lines) + 2)
        | st.integers(0, len(lines)).map(lambda size: list(range(size)))
    )  # fmt: skip
    path = zipped({**files, "entries.jsonl": b"".join(lines[place] for place in places)}, office.folder / "moved.zip")
    verdict = verify(path, checkpoint=last_of(office))
    first = next((index for index, place in enumerate(places) if index != place), len(places))
    if first == len(lines):
        assert verdict.fine == (len(places) == len(lines))
        return
    (code,), entry = said(verdict)
    if first < len(places) and places[first] < first:
        assert (code, entry) == ("LOG-015", places[first])
    else:
        assert (code in ("LOG-013", "LOG-014", "LOG-019"), entry) == (True, first)


@pytest.mark.parametrize(
    ("name", "code"), [("entries.jsonl", "LOG-021"), ("public-key.pem", "LOG-021"), ("manifest.json", "LOG-001")]
)
def test_v2_an_export_without_one_of_its_files_is_none(office: Office, name: str, code: str) -> None:
    files = files_of(office.export())
    del files[name]
    verdict = verify(zipped(files, office.folder / "less.zip"), checkpoint=last_of(office))
    assert [one.code for one in verdict.findings] == [code]


def test_v2_another_workbook_under_the_name_of_a_version_is_found_out(office: Office) -> None:
    files = files_of(office.export(workbooks=True))
    name = next(name for name in files if name.startswith("workbooks/"))
    files[name] += b"!"
    manifest = json.loads(files["manifest.json"])
    listed = next(one for one in manifest["files"] if one["path"] == name)
    listed |= {"size": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
    files |= {"manifest.json": json.dumps(manifest).encode(), "more.txt": b"more"}
    found = verify(zipped(files, office.folder / "other.zip"), checkpoint=last_of(office)).findings
    assert [(one.code, one.place.sheet) for one in found] == [("LOG-020", name), ("LOG-020", "more.txt")]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"{}", b"[" * 100_000])
def test_v2_what_is_no_export_or_checkpoint_is_said(office: Office, data: bytes) -> None:
    path = office.folder / "what"
    path.write_bytes(data)
    assert [one.code for one in verify(path, checkpoint=last_of(office)).findings] == ["LOG-001"]
    assert [one.code for one in verify(office.export(), checkpoint=path).findings] == ["LOG-002"]
    assert [one.code for one in verify(office.export(), checkpoint=last_of(office), key=path).findings] == ["LOG-002"]


# V4


def changed(path: Path, **members: Any) -> Path:
    told = json.loads(path.read_bytes())
    told |= members
    other = path.with_name("changed.json")
    other.write_text(json.dumps(told))
    return other


@pytest.mark.parametrize(
    "members",
    [{"root": "0" * 64}, {"size": 11}, {"at": "2026-03-01T01:00:00.000000Z"}, {"hall": "x"}, {"signature": "00"}, {"key": "1" * 64}],
)  # fmt: skip
def test_v4_a_changed_checkpoint_has_a_wrong_signature(office: Office, members: dict[str, Any]) -> None:
    verdict = verify(office.export(), checkpoint=changed(last_of(office), **members))
    assert [one.code for one in verdict.findings] == ["LOG-003"]


def test_v4_a_checkpoint_signed_with_another_key_is_told_from_a_true_one(office: Office, tmp_path: Path) -> None:
    own = last_of(office)
    honest = office.export()
    key, _ = signer(tmp_path / "thief.pem")
    told = read_checkpoint(own.read_bytes())
    stolen = changed(own, key=key.public)
    stolen.write_bytes(replace(told, key=key.public).by(key).to_bytes())
    assert [one.code for one in verify(honest, checkpoint=stolen).findings] == ["LOG-004"]
    # An export that is signed with a key which the log does not know is told by the checkpoint, and by the key, that the auditor keeps.
    files = files_of(honest)
    manifest = read(files["manifest.json"].replace(b"\n", b""))[0]
    manifest["checkpoint"] = checkpoint_of({**manifest["checkpoint"], "key": key.public}).by(key).to_json()
    resigned = zipped(
        {**files, "manifest.json": canonical(manifest), "public-key.pem": public_pem(key.public)},
        tmp_path / "resigned.zip",
    )
    assert "LOG-004" in [one.code for one in verify(resigned, checkpoint=own).findings]
    assert "LOG-004" in [one.code for one in verify(resigned, key=office.kept / "public-key.pem").findings]


def test_v4_an_old_checkpoint_is_checked_by_its_own_key(office: Office) -> None:
    own, old_key = last_of(office), read_checkpoint(last_of(office).read_bytes()).key
    kept = office.folder / "copy.pem"
    kept.write_bytes((office.kept / "public-key.pem").read_bytes())
    (office.folder / "log-key.pem").unlink()
    new = office.checkpoint()
    office.send("X射线衍射", "c4")
    export = office.export()
    for more in ({}, {"key": kept}):
        verdict = verify(export, checkpoint=own, **more)
        [changed_key] = verdict.findings
        assert (verdict.fine, changed_key.code) == (True, "LOG-027")
        entry = next(
            i
            for i, line in enumerate(read(files_of(export)["entries.jsonl"]))
            if line["body"].get("public_key", old_key) != old_key
        )
        assert dict(changed_key.facts)["entry"] == str(entry), "where the log says so"
        assert [one.code for one in verify(None, checkpoint=new, previous=own, **more).findings] == ["LOG-028"]
        assert [one.code for one in verify(export, checkpoint=new, previous=own, **more).findings] == ["LOG-027"]
    assert verify(export, checkpoint=new).findings == ()
    assert [one.code for one in verify(export, key=kept).findings] == ["LOG-004"], (
        "the old key alone vouches for nothing new"
    )
    assert [
        one.code for one in verify(None, checkpoint=new, previous=own, key=office.kept / "public-key.pem").findings
    ] == ["LOG-004"]
    assert (office.kept / f"public-key-{old_key[:16]}.pem").read_bytes() == kept.read_bytes()
    broken = forged(office, raise_price, cover=True)
    assert not verify(broken, checkpoint=own, key=kept).fine


def test_v4_a_checkpoint_of_another_hall_is_told(office: Office, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    SqlStore(tmp_path / "other" / "banshi.sqlite").close()  # a hall of its own, no copy of the same
    other = opened(tmp_path / "other")
    other.send("催化剂表征", "c1")
    foreign = other.checkpoint()
    other.hall.close()
    assert [one.code for one in verify(office.export(), checkpoint=foreign).findings] == ["LOG-005"]
    with pytest.raises(Declined, match="another hall"):
        office.hall.save_checkpoint(office.hall.directory.people[AUDITOR], other.kept)


def test_v4_checkpoints_that_were_swapped_are_told(office: Office) -> None:
    first, last = sorted(office.kept.glob("*.json"))
    assert [one.code for one in verify(office.export(), checkpoint=first, previous=last).findings] == ["LOG-006"]
    assert [one.code for one in verify(None, checkpoint=first, previous=last).findings] == ["LOG-006"]


def test_v4_hashes_that_were_changed_are_not_believed(office: Office) -> None:
    beside = sorted(office.kept.glob("*.hashes"))[-1]
    beside.write_bytes(beside.read_bytes()[::-1])
    verdict = verify(office.export(), checkpoint=last_of(office))
    assert (said(verdict), verdict.fine) == ((["LOG-024"], None), True)


# V5


def tampered(office: Office, what: str) -> None:
    """Alter the database behind the hall's back, as somebody could who has the server."""
    with sqlite3.connect(office.folder / "banshi.sqlite") as file:
        for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            file.execute(f"DROP TRIGGER {name}")
        file.executescript(what)


def test_v5_a_checkpoint_proves_that_it_continues_the_one_before(office: Office) -> None:
    first, last = sorted(office.kept.glob("*.json"))
    told = read_checkpoint(last.read_bytes())
    key, _ = signer(office.folder / "log-key.pem")
    for wrong in (replace(told, consistency=["0" * 64]), replace(told, root="0" * 64), replace(told, consistency=[])):
        path = office.folder / "wrong.json"
        path.write_bytes(wrong.by(key).to_bytes())
        assert [one.code for one in verify(None, checkpoint=path, previous=first).findings] == ["LOG-022"]
    path.write_bytes(replace(told, previous=None, consistency=[]).by(key).to_bytes())
    assert [one.code for one in verify(None, checkpoint=path, previous=first).findings] == ["LOG-023"]


def test_v5_a_log_that_was_altered_gets_no_new_checkpoint(office: Office) -> None:
    before = sorted(path.name for path in office.kept.iterdir())
    tampered(office, "UPDATE log_entries SET hash = lower(hex(zeroblob(32))) WHERE position = 4")
    with pytest.raises(Discontinued):
        office.checkpoint()
    assert sorted(path.name for path in office.kept.iterdir()) == before
    assert said(verify(office.export(), checkpoint=last_of(office))) == (["LOG-012"], 4)


@pytest.mark.parametrize(
    ("what", "code", "entry"),
    [
        ("UPDATE events SET payload = replace(payload, '200.00', '300.00') WHERE seq = 1", "LOG-011", 1),
        ("UPDATE decisions SET outcome = 'conflict'", "LOG-011", 2),
        ("DELETE FROM decisions", "LOG-011", 2),
        ("UPDATE log_entries SET at = at + 1 WHERE position = 5", "LOG-012", 5),
        ("DELETE FROM log_entries WHERE position IN (3, 4)", "LOG-013", 3),
    ],
)
def test_v5_an_altered_database_shows_in_its_export(office: Office, what: str, code: str, entry: int) -> None:
    tampered(office, what)
    path = office.folder / "log.zip"
    try:
        office.export()
    except Discontinued:
        pytest.fail("an export is always given, to be looked at")
    assert said(verify(path, checkpoint=last_of(office))) == ([code], entry)


def test_v5_there_is_one_checkpoint_a_day(office: Office) -> None:
    folder = office.folder / "daily"
    assert office.hall.save_daily_checkpoint(folder) == 1
    assert office.hall.save_daily_checkpoint(folder) == 0
    office.now = datetime(2026, 3, 4, 23, 59, tzinfo=CAMPUS)
    assert office.hall.save_daily_checkpoint(folder) == 0
    office.now += timedelta(minutes=2)
    assert office.hall.save_daily_checkpoint(folder) == 1
    first, last = sorted(folder.glob("*.json"))
    assert verify(None, checkpoint=last, previous=first).fine


# V6


def test_v6_the_key_is_the_servers_alone_and_noted_once(office: Office) -> None:
    path = office.folder / "log-key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" in path.read_bytes()
    inside = b"".join(files_of(office.export(workbooks=True)).values())
    assert b"PRIVATE" not in inside
    notes = [
        line["body"] for line in read(files_of(office.export())["entries.jsonl"]) if line["header"]["kind"] == "note"
    ]
    assert [note["note"] for note in notes] == ["begun", "key"]
    assert notes[1]["public_key"] == read_checkpoint(last_of(office).read_bytes()).key


def test_v6_a_key_that_is_none_is_said(office: Office) -> None:
    (office.folder / "log-key.pem").write_text("no key")
    with pytest.raises(Declined, match="Ed25519"):
        office.checkpoint()


def test_v6_only_auditors_take_the_log(office: Office) -> None:
    head = office.hall.directory.people[HEAD]
    with pytest.raises(NotAllowed):
        office.hall.export_ledger(head)
    with pytest.raises(NotAllowed):
        office.hall.save_checkpoint(head, office.kept)
