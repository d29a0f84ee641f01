"""The chapter on forms, and the gallery that it shows.

1. Every question type is told in both languages, by both its words, and the gallery has one of each.
2. The gallery is a good service: no fault, its examples pass, every text in both languages.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from banshi.platform.people.organisation import read_organisation
from banshi.platform.service.media import MediaFolder
from banshi.platform.service.model import UNSEEN
from banshi.platform.sheets import load_workbook, run_examples
from banshi.platform.sheets.words import TYPE_BY_WORD, TYPES
from banshi.platform.workbook import read_workbook
from banshi.platform.workbook.columns import plain
from banshi.rules.policies import FixpointEngine
from banshi.rules.values import CAMPUS_ZONE

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=CAMPUS_ZONE)
GALLERY = ROOT / "docs/gallery/form-gallery.xlsx"


def workbook(path: Path):
    read, found = read_workbook(path.read_bytes(), path.name)
    assert read is not None
    assert found == []
    return read


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if not type_.name.startswith("end_")], ids=lambda t: t.name)
def test_every_type_is_told_by_both_its_words(type_, language):
    rows = [line for line in (ROOT / "docs" / language / "forms.md").read_text("utf-8").splitlines() if line[:1] == "|"]
    told = [row for row in rows if type_.name in row and any(word in row for word in type_.words if not word.isascii())]
    assert told, type_.name


def test_the_gallery_has_every_type():
    sheet = next(workbook(GALLERY).of_kind("survey"))
    column = [plain(row.cells[0].text) for row in sheet.rows[1:] if not row.cells[0].blank]
    words = {word.split()[0] for word in column}
    used = {TYPE_BY_WORD[word].name for word in words if word in TYPE_BY_WORD}
    missing = {type_.name for type_ in TYPES} - used
    assert missing == set()


def test_the_gallery_is_a_good_service():
    directory, _ = read_organisation(workbook(ROOT / "definitions/organisation/organisation.xlsx"))
    service, found = load_workbook(workbook(GALLERY), directory, media=lambda _: MediaFolder.beside(GALLERY))
    named = {media.file for media in service.survey.media()}
    assert named == {path.name for path in (GALLERY.parent / "media").iterdir()}
    assert [(str(item.place), item.message()) for item in found] == []
    results = run_examples(service, directory, now=NOW, engine=FixpointEngine())
    assert len(results) >= 3
    assert all(result.passed for result in results)
    for item, _ in service.survey.walk():
        written = [texts for texts in (item.label, item.hint, item.guidance) if texts.by_language]
        seen = item.type not in UNSEEN
        assert all("en" in dict(texts.by_language) for texts in written if seen), item.name
