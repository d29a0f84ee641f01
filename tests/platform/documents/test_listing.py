"""Rows to print: what each cell says stands under its header, whatever it looks like; too many rows are no document."""

from __future__ import annotations

import subprocess
import unicodedata
from datetime import UTC, datetime

import pytest

from banshi.platform.documents import listing
from banshi.platform.documents.listing import TooManyRows, listing_pdf

HEADER = ("时间", "单号", "申请人", "结果")


def text_of(data: bytes) -> str:
    done = subprocess.run(["pdftotext", "-", "-"], input=data, capture_output=True, check=True)
    return unicodedata.normalize("NFKC", done.stdout.decode())


def test_every_cell_is_printed_as_text() -> None:
    odd = '=HYPERLINK("http://127.0.0.1/x")\n<img src=file:///etc/hostname onerror=x>\n<meta name="pdfkit-page-size" content="A9">'
    rows = [
        (datetime(2026, 9, 1, 0, 5, tzinfo=UTC), "DF202600000001", "陈晓雨", "超定额 55 kWh × 0.698 = 38.39"),
        (datetime(2026, 9, 2, 8, 5), "0012345678901234567890", "", odd),
    ]
    said = text_of(listing_pdf("规则日志", "2026-09-03 10:00", HEADER, rows, "zh"))
    for wanted in (
        "规则日志", "2026-09-01 08:05:00", "DF202600000001", "陈晓雨", "55 kWh × 0.698 = 38.39", "0012345678901234567890",
        '=HYPERLINK("http://127.0.0.1/x")', "<img src=file:///etc/hostname onerror=x>", 'content="A9">',
    ):  # fmt: skip
        assert wanted in said
    assert (said.count("单号"), said.count("申请人")) == (2, 1), "an empty cell has no line"


def test_more_rows_than_anybody_prints_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 3)
    rows = [(None, str(n), "", "") for n in range(4)]
    assert "3" in text_of(listing_pdf("日志", "", HEADER, rows[:3], "en"))
    with pytest.raises(TooManyRows) as refused:
        listing_pdf("日志", "", HEADER, rows, "en")
    assert refused.value.status == 413
    assert "xlsx" in refused.value.message("zh")
