"""Papers of cases, from the approval to the reader.

P1 a step prints its papers when it is passed; the others are issued with the approval, where their condition holds
P2 numbers have no gaps and no doubles, also with writers at once; each paper is told in the log
P3 what a paper prints is frozen with it: labels, names and the next version change nothing
P4 a step that is passed again issues the paper anew and revokes the one before
P5 revoking is for the owners of the service, with a reason; then there is no PDF, and the check page says so
P6 the check page shows what the workbook lets it, with masks, and nothing of what is unknown
P7 kiosks: a person's number alone opens nothing; wrong codes are limited; copies are counted
P8 the deletion of personal data reaches papers
P9 papers of a trial are specimens and never valid
P10 whoever sees a case with masks or without some fields has no PDF
"""

from __future__ import annotations

import io
import subprocess
import threading
import unicodedata
from pathlib import Path

import pytest
import zxingcpp
from paper_halls import ANSWERS, PAPERS, Clock, approve, open_paper_hall, send
from PIL import Image
from workbooks import workbook_from_text

from banshi.platform.cases.papers import PaperRow, TooOften
from banshi.platform.documents.pdf import NotRendered
from banshi.platform.errors import Declined, NotAllowed, NotFound
from banshi.platform.hall import Hall
from banshi.platform.trial import Trial

_RADICALS = str.maketrans("⻔⻓⻆⻅⻋⻚⻛⻢⻰", "门长角见车页风马龙")
"""Signs that share a picture with a radical in the fonts, and come back from a PDF as that."""
SITE = "https://banshi.example.edu.cn"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def hall(tmp_path: Path, clock: Clock):
    made = open_paper_hall(tmp_path, clock)
    yield made
    made.close()


def papers(hall: Hall, case_id: str, person: str = "20001", language: str = "zh") -> list[PaperRow]:
    return hall.papers.of_case(hall.directory.people[person], case_id, language)


def issued(hall: Hall) -> tuple[str, dict[str, PaperRow]]:
    """A case that both offices approved, and its papers by title."""
    case = send(hall)
    approve(hall, case, "20004")
    approve(hall, case, "20003", "押金已核对")
    return case, {one.title: one for one in papers(hall, case)}


def text_of(pdf: bytes) -> str:
    made = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return unicodedata.normalize("NFKC", made.stdout.decode()).translate(_RADICALS)


def pictures_of(pdf: bytes) -> list[Image.Image]:
    """The pages as pictures, 110 dots an inch."""
    made = subprocess.run(["pdftoppm", "-r", "110", "-png", "-"], input=pdf, capture_output=True, check=True).stdout
    parts = made.split(b"\x89PNG\r\n\x1a\n")[1:]
    return [Image.open(io.BytesIO(b"\x89PNG\r\n\x1a\n" + part)).convert("RGB") for part in parts]


def test_steps_and_the_approval_issue_papers(hall: Hall, clock: Clock) -> None:
    """P1, P2."""
    case = send(hall)
    assert papers(hall, case) == []
    approve(hall, case, "20004")
    (permit,) = papers(hall, case)
    assert (permit.title, permit.number, permit.language, permit.state) == ("物品出门单", "CM20260001", "zh", "valid")
    assert permit.left == 2
    assert permit.valid_until is not None
    assert permit.valid_until.isoformat() == "2026-07-31T16:00:00+00:00", "the end of the thirtieth day"
    approve(hall, case, "20003")
    found = {(one.title, one.number, one.language) for one in papers(hall, case)}
    assert found == {
        ("物品出门单", "CM20260001", "zh"),
        ("离校证明", "ZM2026-0001", "zh"),
        ("Certificate of leave", "ZM2026-0002", "en"),
    }
    assert len({one.pickup for one in papers(hall, case)}) == 1
    told = [
        event.detail for event in hall.case(hall.directory.people["20001"], case).events if event.kind == "paper issued"
    ]
    assert told == ["物品出门单 CM20260001", "离校证明 ZM2026-0001", "Certificate of leave ZM2026-0002"]
    other = send(hall, {**ANSWERS, "去向": "trip"})
    approve(hall, other, "20004")
    approve(hall, other, "20003")
    assert [one.title for one in papers(hall, other)] == ["物品出门单"], (
        "the condition of the certificate does not hold"
    )
    log = next(iter(hall.export_ledger(hall.directory.people["20006"])[2]))
    assert log


def test_a_refused_case_issues_nothing(hall: Hall) -> None:
    """P1."""
    case = send(hall)
    me = hall.directory.people["20004"]
    view = hall.case(me, case)
    hall.act(me, case, view.tasks[0].id, "refuse", opinion="不符", seq=view.seq, command_id="refuse-it")
    assert papers(hall, case) == []


def test_numbers_under_writers_at_once(hall: Hall) -> None:
    """P2: twelve cases approved by four threads."""
    cases = [send(hall, {**ANSWERS, "事由": f"第 {n} 次"}) for n in range(12)]
    failed: list[BaseException] = []

    def work(mine: list[str]) -> None:
        try:
            for case in mine:
                approve(hall, case, "20004")
                approve(hall, case, "20003")
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(cases[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    numbers = sorted(one.number for case in cases for one in papers(hall, case))
    assert numbers == [f"CM2026{n:04}" for n in range(1, 13)] + [f"ZM2026-{n:04}" for n in range(1, 25)]
    codes = [one.code for case in cases for one in papers(hall, case)]
    assert len(set(codes)) == 36


def test_a_repeated_command_issues_nothing_more(hall: Hall) -> None:
    """P2."""
    case = send(hall)
    me = hall.directory.people["20004"]
    view = hall.case(me, case)
    for _ in range(2):
        hall.act(me, case, view.tasks[0].id, "approve", opinion="同意", seq=view.seq, command_id="once-only")
    assert len(papers(hall, case)) == 1


def test_what_a_template_prints(hall: Hall) -> None:
    """P3: names, labels, money, capitals, rows, opinions; what was typed is text."""
    _, found = issued(hall)
    name, pdf = hall.papers.pdf(hall.directory.people["20001"], found["物品出门单"].code, SITE)
    assert name == "物品出门单-CM20260001.pdf"
    text = text_of(pdf).replace(" ", "")
    for said in (
        "第CM20260001号", "陈晓雨（化工学院）", "家中", "2026年9月1日前返校", "1,234.50元", "壹仟贰佰叁拾肆元伍角", "显微镜", "笔记本电脑<b>",
        "共3件", "保卫处：同意赵磊2026年7月1日", "有效期至2026年7月31日", "不是电子签章",
    ):  # fmt: skip
        assert unicodedata.normalize("NFKC", said) in text, said
    assert "13812345678" not in text
    (page,) = pictures_of(pdf)
    (code,) = zxingcpp.read_barcodes(page)
    assert code.text == f"{SITE}/check/{found['物品出门单'].code}"
    red = sum(1 for r, g, b in page.get_flattened_data() if r > 150 and g < 90 and b < 90)
    assert red > 300, "the seal is red"


def test_a_paper_without_a_template_is_laid_out(hall: Hall) -> None:
    """P3: in each language, with the opinions."""
    _, found = issued(hall)
    zh = text_of(hall.papers.pdf(hall.directory.people["20001"], found["离校证明"].code, SITE)[1])
    en = text_of(hall.papers.pdf(hall.directory.people["20001"], found["Certificate of leave"].code, SITE)[1])
    for said in (
        "文号：ZM2026-0001",
        "返校日期",
        "2026年9月1日",
        "家中",
        "押金已核对",
        "李敏",
        "开具日期：2026年7月1日",
    ):
        assert unicodedata.normalize("NFKC", said) in zh, said
    for said in (
        "No. ZM2026-0002",
        "Back on",
        "1 September 2026",
        "Home",
        "1,234.50",
        "Li Min",
        "Issued on 1 July 2026",
    ):
        assert said in en, said


def test_long_texts_and_many_rows_go_over_pages(hall: Hall) -> None:
    """P3: nothing is cut off at the end of a page or of a line."""
    rows = [{"品名": f"仪器{n:03}" + "长" * (60 if n == 40 else 0), "件数": n} for n in range(1, 91)]
    case = send(hall, {**ANSWERS, "物品": rows, "事由": "很长的事由" * 60})
    approve(hall, case, "20004")
    approve(hall, case, "20003")
    for one in papers(hall, case):
        pdf = hall.papers.pdf(hall.directory.people["20001"], one.code, SITE)[1]
        text = text_of(pdf)
        assert len(pictures_of(pdf)) >= 3
        assert all(f"仪器{n:03}" in text for n in range(1, 91)), one.title
        assert text.count("长") == 60 + (0 if one.title == "物品出门单" else 60), one.title


def test_a_reprint_is_the_same(hall: Hall, tmp_path: Path, clock: Clock) -> None:
    """P3: after the version, a label and a person's name have changed."""
    _, found = issued(hall)
    me = hall.directory.people["20001"]
    before = text_of(hall.papers.pdf(me, found["物品出门单"].code, SITE)[1])
    changed = PAPERS.replace("| 去向      | home | 家中  |", "| 去向      | home | 家里  |").replace(
        "押金 {{押金}} 元", "押金若干"
    )
    (tmp_path / "definitions/leave/leave.xlsx").write_bytes(workbook_from_text(changed))
    organisation = tmp_path / "definitions/organisation/organisation.xlsx"
    from halls import ORGANISATION

    organisation.write_bytes(workbook_from_text(ORGANISATION.replace("赵磊  ", "赵磊磊")))
    clock.go(days=3)
    hall.scan()
    assert hall.directory.name("20004") == "赵磊磊"
    assert text_of(hall.papers.pdf(me, found["物品出门单"].code, SITE)[1]) == before
    assert hall.papers.check(found["物品出门单"].code).shows[0] == ("去向", "家中")


def test_a_step_that_is_passed_again_issues_anew(hall: Hall) -> None:
    """P4."""
    case = send(hall)
    approve(hall, case, "20004")
    (first,) = papers(hall, case)
    finance = hall.directory.people["20003"]
    view = hall.case(finance, case)
    hall.act(
        finance,
        case,
        view.tasks[0].id,
        "return",
        opinion="请再核对",
        return_to="20",
        seq=view.seq,
        command_id="go-back-1",
    )
    approve(hall, case, "20004", "再次核对")
    old, new = papers(hall, case)
    assert (old.code, old.state, old.why) == (first.code, "revoked", "已由新开的文书代替")
    assert (new.number, new.state, new.pickup) == ("CM20260002", "valid", first.pickup)
    assert papers(hall, case, language="en")[0].why == "another one was issued in its place"


def test_the_owner_revokes_and_everybody_is_told(hall: Hall, clock: Clock) -> None:
    """P5."""
    case, found = issued(hall)
    code = found["离校证明"].code
    people = hall.directory.people
    for nobody in ("20001", "20003"):
        with pytest.raises(NotAllowed):
            hall.papers.revoke(people[nobody], code, "有误", "revoke-0")
    with pytest.raises(Declined, match="Say why"):
        hall.papers.revoke(people["20005"], code, "  ", "revoke-1")
    clock.go(hours=1)
    assert hall.papers.revoke(people["20005"], code, "返校日期有误", "revoke-2").done
    assert hall.papers.revoke(people["20005"], code, "返校日期有误", "revoke-2").repeated
    with pytest.raises(Declined, match="revoked already"):
        hall.papers.revoke(people["20005"], code, "又一次", "revoke-3")
    row = next(one for one in papers(hall, case) if one.code == code)
    assert (row.state, row.why, row.revoked_by, row.may_download) == ("revoked", "返校日期有误", "周倩", False)
    with pytest.raises(Declined, match="revoked"):
        hall.papers.pdf(people["20001"], code, SITE)
    checked = hall.papers.check(code)
    assert (checked.state, checked.number, checked.shows) == ("revoked", "ZM2026-0001", ())
    assert checked.revoked_at == clock.now
    assert [e.kind for e in hall.case(people["20001"], case).events][-1] == "paper revoked"
    assert hall.papers.check(found["物品出门单"].code).state == "valid", "only the one"


def test_the_check_page_shows_what_it_may(hall: Hall, clock: Clock) -> None:
    """P6."""
    _, found = issued(hall)
    checked = hall.papers.check(found["物品出门单"].said_code.lower())
    assert (checked.state, checked.title, checked.number) == ("valid", "物品出门单", "CM20260001")
    assert checked.shows == [("去向", "家中"), ("手机", "138****5678")]
    assert "陈晓雨" not in repr(checked)
    assert hall.papers.check("ABCD-EFGH-JKLM") == hall.papers.check("") == hall.papers.check("x" * 5000)
    assert hall.papers.check("ABCD-EFGH-JKLM").state == "unknown"
    clock.now = found["物品出门单"].valid_until.astimezone(clock.now.tzinfo)
    assert hall.papers.check(found["物品出门单"].code).state == "expired"
    with pytest.raises(Declined, match="expired"):
        hall.papers.pdf(hall.directory.people["20001"], found["物品出门单"].code, SITE)


def test_a_kiosk_wants_the_pickup_code(hall: Hall, clock: Clock) -> None:
    """P7."""
    _, found = issued(hall)
    permit = found["物品出门单"]
    other = "000000" if permit.pickup != "000000" else "111111"
    for said, pickup in (
        ("20001", ""),
        ("20001", other),
        (permit.code, ""),
        ("", permit.pickup),
        ("20002", permit.pickup),
    ):
        with pytest.raises(Declined, match="Nothing was found"):
            hall.papers.ready(said, pickup)
    assert {one.title for one in hall.papers.ready("20001", permit.pickup)} == set(found)
    assert {one.title for one in hall.papers.ready(permit.said_code, permit.pickup)} == set(found)
    assert all(one.pickup == "" for one in hall.papers.ready("20001", permit.pickup))
    code = permit.code
    for said in (code, code.lower(), permit.said_code, " ".join(code), permit.said_code.lower()):
        with pytest.raises(Declined):
            hall.papers.ready(said, other)
    with pytest.raises(TooOften):  # however the code is written
        hall.papers.ready("-".join(code), other)
    for _ in range(5):
        with pytest.raises(Declined):
            hall.papers.ready("20001", other)
    with pytest.raises(TooOften):
        hall.papers.ready("20001", permit.pickup)
    clock.go(minutes=15, seconds=1)
    assert hall.papers.ready("20001", permit.pickup)


def test_a_kiosk_prints_no_more_than_the_copies(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """P7: and a paper that cannot be rendered costs none."""
    case, found = issued(hall)
    permit, free = found["物品出门单"], found["离校证明"]
    with pytest.raises(NotAllowed):
        hall.papers.print_ready(permit.code, "", SITE)

    def fails(*_: object, **__: object) -> bytes:
        raise NotRendered

    with monkeypatch.context() as broken:
        broken.setattr("banshi.platform.papers.rendering.pdf", fails)
        with pytest.raises(NotRendered):
            hall.papers.print_ready(permit.code, permit.pickup, SITE)
    for left in (1, 0):
        assert hall.papers.print_ready(permit.code, permit.pickup, SITE)[1].startswith(b"%PDF")
        assert next(one for one in papers(hall, case) if one.code == permit.code).left == left
    with pytest.raises(Declined, match="All copies"):
        hall.papers.print_ready(permit.code, permit.pickup, SITE)
    for _ in range(3):
        hall.papers.print_ready(free.code, free.pickup, SITE)
    printed = {one.title: (one.printed, one.left) for one in papers(hall, case)}
    assert printed["物品出门单"] == (2, 0)
    assert printed["离校证明"] == (3, None)
    assert hall.papers.pdf(hall.directory.people["20001"], permit.code, SITE)[1], "her own download is no copy"
    with pytest.raises(NotFound):
        hall.papers.print_ready("ABCD", permit.pickup, SITE)


def test_deleting_personal_data_reaches_papers(hall: Hall, tmp_path: Path) -> None:
    """P8: nothing of it is left in the file, and the paper can still be checked."""
    case, found = issued(hall)
    hall.erase(hall.directory.people["20007"], case, "本人申请", command_id="erase-it")
    for one in papers(hall, case):
        assert one.erased
        assert not one.may_download
        with pytest.raises(Declined, match="deleted"):
            hall.papers.pdf(hall.directory.people["20001"], one.code, SITE)
        checked = hall.papers.check(one.code)
        assert (checked.state, checked.shows, checked.erased) == ("valid", [], True)
    assert hall.papers.ready("20001", found["离校证明"].pickup) == []
    assert b"13812345678" not in b"".join(path.read_bytes() for path in tmp_path.glob("banshi.sqlite*"))


def test_papers_of_a_trial_are_specimens(hall: Hall) -> None:
    """P9: with the word over every page."""
    owner = hall.directory.people["20005"]
    rows = [{"品名": f"仪器{n}", "件数": n} for n in range(1, 60)]
    trial = Trial(hall, owner, "leave.xlsx", workbook_from_text(PAPERS))
    try:
        case = send(trial.hall, {**ANSWERS, "物品": rows})
        approve(trial.hall, case, "20004")
        (one,) = papers(trial.hall, case)
        assert one.state == "specimen"
        assert trial.hall.papers.check(one.code).state == "specimen"
        assert hall.papers.check(one.code).state == "unknown"
        pdf = trial.hall.papers.pdf(trial.hall.directory.people["20001"], one.code, SITE)[1]
    finally:
        trial.close()
    pages = pictures_of(pdf)
    assert len(pages) >= 2
    for page in pages:
        pink = sum(
            1 for r, g, b in page.get_flattened_data() if r > 200 and 120 < g < 235 and 120 < b < 235 and r - g > 25
        )
        assert pink > 2000
    assert "永远无效" in text_of(pdf)


def test_who_may_have_a_paper(hall: Hall) -> None:
    """P10: the applicant, and those who handle the case; not the owner, who sees a telephone under its mask."""
    case, found = issued(hall)
    code, people = found["离校证明"].code, hall.directory.people
    assert hall.papers.pdf(people["20003"], code, SITE)
    for person in ("20005", "20006"):
        row = next(one for one in papers(hall, case, person) if one.code == code)
        assert (row.may_download, row.pickup) == (False, "")
        with pytest.raises(NotAllowed):
            hall.papers.pdf(people[person], code, SITE)
    with pytest.raises(NotAllowed):
        papers(hall, case, "20002")
    with pytest.raises(NotAllowed):
        hall.papers.pdf(people["20002"], code, SITE)
    assert papers(hall, case, "20005")[0].may_revoke
    assert not papers(hall, case, "20006")[0].may_revoke


def test_a_template_that_cannot_be_filled_makes_no_document(tmp_path: Path, clock: Clock) -> None:
    """P3: the case goes on, the paper is there, and whoever wants the PDF is told plainly that there is none."""
    broken = PAPERS.replace("{{rmb_capital(押金)}}", "{{rmb_capital(去向)}}")
    hall = open_paper_hall(tmp_path, clock, broken)
    case = send(hall)
    approve(hall, case, "20004")
    (one,) = papers(hall, case)
    with pytest.raises(NotRendered):
        hall.papers.pdf(hall.directory.people["20001"], one.code, SITE)
    hall.close()
