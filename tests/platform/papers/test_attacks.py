"""Papers under attack: what somebody fills in, and what a template holds, against pdfkit as it comes and through us.

A1 an answer that succeeds where nothing is escaped is text on our paper, and reaches nothing
A2 a template with the same payload is told at the check; planted behind it, there is no document
A3 drawings of the platform itself are the only SVG, and nobody can write the words that stand for them
"""

from __future__ import annotations

import base64
import importlib.util
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType

import jinja2
import pdfkit
import pytest

from banshi.platform.documents.pdf import NotRendered
from banshi.platform.documents.templates import wrong_with
from banshi.platform.papers.rendering import page, paper_pdf
from banshi.platform.service.papers import Document, Seal
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.papers import StoredPaper


def _pages() -> ModuleType:
    """The attacks and the server of the tests of plain pages."""
    path = Path(__file__).parents[1] / "documents" / "test_pdf.py"
    spec = importlib.util.spec_from_file_location("pages_under_attack", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


PAGES = _pages()
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
    '<image width="9" height="9" xlink:href="{server}/x.png"/></svg>'
)
ATTACKS = {**PAGES.ATTACKS, "server by SVG": _SVG, "server by SVG data": ""}


def payload(name: str, secret: Path, server: str) -> str:
    if name == "server by SVG data":
        data = base64.b64encode(_SVG.replace("{server}", server).encode()).decode()
        return f'<object type="image/svg+xml" data="data:image/svg+xml;base64,{data}"></object>'
    made = ATTACKS[name]
    for word, text in (("file", secret), ("folder", secret.parent), ("server", server)):
        made = made.replace("{" + word + "}", str(text))
    return made


@pytest.fixture
def inside() -> Iterator[object]:
    server = PAGES.Inside()
    yield server
    server.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret.html"
    path.write_text(f'<meta charset="utf-8"><p>{PAGES.SECRET}</p>', encoding="utf-8")
    return path


def paper(said: str) -> StoredPaper:
    node = {"t": "text", "v": said, "s": said}
    return StoredPaper(
        code="ABCD2345EFGH",
        case_id="C1",
        service_id="leave",
        version="1" * 64,
        person="20001",
        document="证明",
        language="zh",
        number="ZM1",
        title="证明",
        content={"names": {"事由": node}, "rows": [{"label": said, "said": node}], "opinions": []},
        issued_at=datetime(2026, 9, 1, 9, 0, tzinfo=CAMPUS_ZONE),
        pickup="204816",
    )


def document(template: str = "<p>事由：{{事由}}</p>", **more: object) -> Document:
    return Document(name="证明", number="ZM{1}", templates={"zh": template} if template else {}, **more)


def made_elsewhere(html: str, name: str) -> bytes:
    """pdfkit with nothing around it."""
    try:
        return pdfkit.from_string(html, False, options={"proxy": "http://127.0.0.1:9"} if "proxy" in name else {})
    except OSError:  # it complains and has asked all the same
        return b""


@pytest.mark.parametrize("name", ATTACKS)
def test_an_answer_is_text(name: str, secret: Path, inside: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """A1: in a template, and on a paper that the platform lays out."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    said = payload(name, secret, inside.address)
    bare = jinja2.Environment().from_string("<p>事由：{{事由}}</p>").render(事由=said)
    made = made_elsewhere(PAGES.PAGE.format(bare), name)
    assert inside.asked or (made and PAGES.SECRET in PAGES.text_of(made)), "it succeeds where nothing is escaped"
    inside.asked.clear()
    for one in (document(), document("")):
        ours = paper_pdf(paper(said), one, lambda _: None, "https://x", draft=False)
        assert inside.asked == []
        text = "".join(PAGES.text_of(ours).split())
        assert PAGES.SECRET not in text
        assert "".join(said.split())[:12] in text, "it stands there as it was typed"


@pytest.mark.parametrize("name", ATTACKS)
def test_a_template_is_refused(name: str, secret: Path, inside: object) -> None:
    """A2."""
    said = payload(name, secret, inside.address)
    assert "forbidden" in [one.kind for one in wrong_with(f"<p>{{{{事由}}}}</p>{said}", {"事由": frozenset()})]
    with pytest.raises(NotRendered):
        paper_pdf(paper("甲"), document(f"<p>{{{{事由}}}}</p>{said}"), lambda _: None, "https://x", draft=False)
    assert inside.asked == []


def test_drawings_are_ours_alone() -> None:
    """A3: the page that is looked at has no SVG, only words that are others each time."""
    both = [page(paper("甲"), document("<p>{{事由}}{{文书.印章}}</p>", seal=Seal("校", "章")), lambda _: None, "https://x", draft=True) for _ in "ab"]  # fmt: skip
    for one in both:
        assert "svg" not in one.html
        assert len(one.drawn) == 3
        assert all(word in one.html for word in one.drawn)
    assert not set(both[0].drawn) & set(both[1].drawn)


def test_a_picture_that_is_none_is_left_out() -> None:
    """A3: an attached SVG, whatever it is called, is no picture on a paper."""
    signed = {"t": "picture", "v": "F1", "s": "签名.png"}
    kept = paper("甲")
    kept = StoredPaper(
        **{**{n: getattr(kept, n) for n in kept.__dataclass_fields__}, "content": {"names": {"事由": signed}}}
    )
    svg = page(kept, document(), lambda _: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "https://x", draft=False)
    assert not any("svg" in piece for piece in svg.drawn.values())
    png = page(kept, document(), lambda _: b"\x89PNG\r\n\x1a\n", "https://x", draft=False)
    assert any("data:image/png" in piece and "paper-picture" in piece for piece in png.drawn.values())
