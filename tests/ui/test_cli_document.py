"""`banshi document`: answers as specimens; the condition decides which, a name asks for one whatever it says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from halls import ORGANISATION
from paper_halls import ANSWERS, PAPERS
from workbooks import workbook_from_text

from banshi.ui import cli


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leave.xlsx").write_bytes(workbook_from_text(PAPERS))
    (tmp_path / "organisation.xlsx").write_bytes(workbook_from_text(ORGANISATION))
    (tmp_path / "answers.json").write_text(json.dumps({**ANSWERS, "去向": "trip"}))
    return tmp_path


def banshi(folder: Path, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, list[str]]]:
    capsys.readouterr()
    given = ("--answers", str(folder / "answers.json"), "--out", str(folder / "out"), "--person", "20001", "--json")
    people = ("--organisation", str(folder / "organisation.xlsx"))
    code = cli.run(["document", str(folder / "leave.xlsx"), *given, *people, *more])
    printed = capsys.readouterr().out
    return code, json.loads(printed) if printed else {}


def test_specimens(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, made = banshi(folder, capsys)
    assert (code, [Path(path).name for path in made["written"]]) == (0, ["出门单-zh.pdf"])
    text = subprocess.run(["pdftotext", made["written"][0], "-"], capture_output=True, check=True).stdout.decode()
    assert "1,234.50" in text
    assert "CM" in text
    code, made = banshi(folder, capsys, "--name", "离校证明")
    assert [Path(path).name for path in made["written"]] == ["离校证明-zh.pdf", "离校证明-en.pdf"]
    assert banshi(folder, capsys, "--name", "没有")[0] == 2
