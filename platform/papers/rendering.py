"""A paper as a page and as a PDF: its frozen data in the template of the version under which it was issued."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Any

from markupsafe import Markup

from banshi.platform.documents import drawings
from banshi.platform.documents.codes import grouped
from banshi.platform.documents.pdf import LOG, Layout, NotRendered, pdf
from banshi.platform.documents.said import Row, Said, read, worded
from banshi.platform.documents.templates import NotFilled, fill, forbidden_in, function_names, names_in
from banshi.platform.service.papers import BILL_PARTS, CASE_PARTS, OPINION_PARTS, PAPER_PARTS, Document, template_name
from banshi.rules.values import CAMPUS_ZONE
from banshi.storage.papers import StoredPaper

Picture = Callable[[str], bytes | None]
"""Gives the bytes of an attached picture by its id; None where it is not there any more."""

_STYLE = """
html{-webkit-print-color-adjust:exact}
body{position:relative;margin:0;font:17px/1.75 "Noto Serif CJK SC","Noto Sans CJK SC","Noto Serif",serif;color:#000;overflow-wrap:break-word;word-wrap:break-word}
h1{font-size:30px;text-align:center;margin:12px 0 20px;letter-spacing:.12em}
html[lang=en] h1{letter-spacing:0}
table{border-collapse:collapse;width:100%;margin:10px 0}
th,td{border:1px solid #444;padding:5px 9px;text-align:left;vertical-align:top;word-break:break-word}
th{font-weight:600}
tr,.paper-foot,.paper-end{page-break-inside:avoid}
.paper-number{text-align:right;margin:0 0 6px}
.paper-fields th{width:28%}
.paper-picture{max-width:220px;max-height:80px;vertical-align:middle}
.paper-end{position:relative;min-height:150px;margin-top:26px;text-align:right;padding-right:24px}
.paper-end p{margin:52px 0 0}
.paper-over{margin-top:-64px}
.paper-seal{width:150px;height:150px}
.paper-end .paper-seal{position:absolute;right:40px;top:0}
.paper-foot{margin-top:24px;border-top:1px solid #888;padding-top:8px;font-size:13px;line-height:1.5;font-family:"Noto Sans CJK SC",sans-serif}
.paper-foot img{float:left;margin-right:14px}
.paper-qr{width:132px;height:132px}
.paper-draft{position:absolute;left:0;top:0;right:0;bottom:0;min-height:1000px;z-index:9999}
"""
_WORDS = {
    "zh": {
        "number": "文号：{}", "date": "开具日期：{}", "opinions": "办理意见", "until": "有效期至 {}", "code": "核验码 {}",
        "check": "扫描二维码，或在 {} 输入核验码，可核对本文书的真伪和状态。", "draft": "试办 DRAFT",
        "step": "环节", "name": "姓名", "date_head": "日期", "opinion": "意见",
        "not_seal": "印章为打印图样，不是电子签章。", "never": "试办产生的样张，永远无效。",
    },
    "en": {
        "number": "No. {}", "date": "Issued on {}", "opinions": "Opinions", "until": "Valid until {}", "code": "Code {}",
        "check": "Scan the code, or enter it at {}, to see whether this paper is genuine and valid.", "draft": "DRAFT 试办",
        "step": "Step", "name": "Name", "date_head": "Date", "opinion": "Opinion",
        "not_seal": "The seal is a printed picture and no electronic seal.", "never": "A specimen from a trial: it is never valid.",
    },
}  # fmt: skip


class PaperNotRendered(NotRendered):
    """There is no document: the template cannot be filled in with the data, or the page cannot be rendered."""

    def __init__(self) -> None:
        super(NotRendered, self).__init__(
            "这份文书现在不能生成，没有产生文件，也没有计入份数。请稍后重试；仍然不行请联系主管部门检查模板。",
            "This paper cannot be made just now; there is no file, and no copy was counted. Try again later; else ask the office, which has its template.",
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page of HTML, and the drawings that stand in it by words that nobody can guess."""

    html: str
    drawn: Mapping[str, str]


def paper_pdf(paper: StoredPaper, document: Document, picture: Picture, site: str, *, draft: bool) -> bytes:
    """The PDF; NotRendered where the paper cannot be rendered, and then there is none."""
    made = page(paper, document, picture, site, draft=draft)
    try:
        return pdf(made.html, Layout(document.size, document.landscape), made.drawn)
    except NotRendered as error:
        raise PaperNotRendered from error


def page(paper: StoredPaper, document: Document, picture: Picture, site: str, *, draft: bool) -> Page:
    """The page of a paper; `site` is where the hall is reached, for the code. Raises NotRendered."""
    return _Renderer(paper, document, picture, site, draft=draft).page()


class _Renderer:
    def __init__(self, paper: StoredPaper, document: Document, picture: Picture, site: str, *, draft: bool) -> None:
        self._paper = paper
        self._document = document
        self._picture = picture
        self._address = f"{site.rstrip('/')}/check"
        self._draft = draft
        self._drawn: dict[str, str] = {}
        self._words = _WORDS["en" if paper.language == "en" else "zh"]
        self._day = paper.issued_at.astimezone(CAMPUS_ZONE)
        self._seal = self._drawing(self._seal_picture())
        self._qr = self._drawing(
            f'<img class="paper-qr" alt="" src="{drawings.qr(f"{self._address}/{paper.code}")}">'
            if document.verify
            else ""
        )

    def page(self) -> Page:
        paper = self._paper
        source = self._document.template(paper.language)
        body = self._filled(source) if source else self._laid_out()
        whole = [body]
        if self._seal and self._seal not in body:
            date = "" if source else f"<p>{escape(self._said_date())}</p>"
            whole.append(f'<div class="paper-end{" paper-over" if source else ""}">{date}{self._seal}</div>')
        elif not source:
            whole.append(f'<div class="paper-end"><p>{escape(self._said_date())}</p></div>')
        whole.append(self._foot(with_code=self._qr not in body))
        if self._draft:
            tile = drawings.draft(self._words["draft"])
            whole.append(self._drawing(f'<div class="paper-draft" style="background-image:url({tile})"></div>'))
        language = "en" if paper.language == "en" else "zh-CN"
        html = (
            f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(paper.title)}</title>'
            f"<style>{_STYLE}</style></head><body>{''.join(whole)}</body></html>"
        )
        return Page(html, self._drawn)

    def _filled(self, source: str) -> str:
        try:
            body = fill(source, self._facts(source), now=self._day, language=self._paper.language)
        except NotFilled as error:
            LOG.error("The paper %s cannot be filled in: %s", self._paper.code, error)
            raise PaperNotRendered from error
        if wrong := next(forbidden_in(body, filled=True), None):
            LOG.error("The paper %s was not rendered: %s", self._paper.code, wrong.text)
            raise PaperNotRendered
        return body

    def _facts(self, source: str) -> dict[str, Any]:
        content = self._paper.content
        facts: dict[str, Any] = dict.fromkeys(names_in(source), Said(None, ""))
        facts |= {template_name(name): self._read(kept) for name, kept in content.get("names", {}).items()}
        case = self._row(content.get("case", {}))
        for key, parts in (("opinions", OPINION_PARTS), ("bills", BILL_PARTS)):
            case[key] = [_both(row, parts) for row in case.get(key) or ()]
        applicant = self._row(content.get("applicant", {}))
        facts |= dict.fromkeys(("case", "办件"), _both(case, CASE_PARTS))
        facts |= dict.fromkeys(("paper", "文书"), _both(self._own(), PAPER_PARTS))
        facts |= dict.fromkeys(("applicant", "申请人"), applicant)
        called = function_names()
        return {name: value for name, value in facts.items() if name not in called or name in content.get("names", {})}

    def _own(self) -> Row:
        """What a paper says of itself."""
        paper, language = self._paper, self._paper.language
        return Row(
            number=Said(paper.number, paper.number),
            title=Said(paper.title, paper.title),
            date=Said(self._day.date(), worded(self._day.date(), language)),
            valid_until=Said(self._last_day(), worded(self._last_day(), language)),
            copies=Said(paper.copies, str(paper.copies or "")),
            language=Said(language, language),
            code=Said(paper.code, grouped(paper.code)),
            address=Said(self._address, self._address),
            qr=Markup(self._qr),  # noqa: S704  # a word that stands for a drawing of ours
            seal=Markup(self._seal),  # noqa: S704
        )

    def _last_day(self) -> Any:
        until = self._paper.valid_until
        return None if until is None else (until.astimezone(CAMPUS_ZONE) - timedelta(microseconds=1)).date()

    def _row(self, kept: Mapping[str, Any]) -> Row:
        return Row({name: self._read(one) for name, one in kept.items()})

    def _read(self, kept: Any) -> Any:
        """A node for a template; pictures as drawings."""
        kind = kept.get("t") if isinstance(kept, Mapping) else ""
        if kind == "rows":
            return [self._row(row) for row in kept["v"]]
        if kind == "picture":
            return Markup(self._attached(str(kept["v"])))  # noqa: S704
        return read(kept)

    def _attached(self, attachment_id: str) -> str:
        data = self._picture(attachment_id)
        address = drawings.picture(data) if data else ""
        return self._drawing(f'<img class="paper-picture" alt="" src="{address}">' if address else "")

    def _seal_picture(self) -> str:
        seal = self._document.seal
        if seal is None:
            return ""
        address = seal.picture or drawings.seal(seal.text, seal.below)
        return f'<img class="paper-seal" alt="" src="{address}">'

    def _drawing(self, piece: str) -> str:
        """A word that stands for a piece of HTML; an empty text for none."""
        if not piece:
            return ""
        word = f"d{secrets.token_hex(16)}d"
        self._drawn[word] = piece
        return word

    def _said_date(self) -> str:
        return self._words["date"].format(worded(self._day.date(), self._paper.language))

    # A paper without a template

    def _laid_out(self) -> str:
        paper, words = self._paper, self._words
        parts = [
            f'<p class="paper-number">{escape(words["number"].format(paper.number))}</p>',
            f"<h1>{escape(paper.title)}</h1>",
        ]
        plain_rows: list[str] = []
        for row in paper.content.get("rows", ()):
            label = f"<th>{escape(row['label'])}</th>"
            if "table" not in row:
                plain_rows.append(f"<tr>{label}<td>{self._html(row['said'])}</td></tr>")
                continue
            parts += _table(plain_rows)
            plain_rows = []
            head = "".join(f"<th>{escape(str(one))}</th>" for one in row["head"])
            lines = "".join(
                "<tr>" + "".join(f"<td>{escape(str(one))}</td>" for one in line) + "</tr>" for line in row["table"]
            )
            parts.append(f"<p><b>{escape(row['label'])}</b></p><table><tr>{head}</tr>{lines}</table>")
        parts += _table(plain_rows)
        if opinions := paper.content.get("opinions"):
            heads = "".join(f"<th>{escape(words[key])}</th>" for key in ("step", "name", "opinion", "date_head"))
            lines = "".join(
                f"<tr><td>{self._html(one['step'])}</td><td>{self._html(one['name'])} {self._html(one['signature'])}</td>"
                f"<td>{self._html(one['opinion'])}</td><td>{self._html(one['date'])}</td></tr>"
                for one in opinions
            )
            parts.append(f"<p><b>{escape(words['opinions'])}</b></p><table><tr>{heads}</tr>{lines}</table>")
        return "".join(parts)

    def _html(self, kept: Any) -> str:
        found = self._read(kept)
        return str(found) if isinstance(found, Markup) else escape(str(found)).replace("\n", "<br>")

    def _foot(self, *, with_code: bool) -> str:
        """What the platform says of the paper: its code and where it is checked, its end, that the seal is none."""
        paper, words = self._paper, self._words
        lines = []
        if self._document.verify:
            lines.append(f"{words['code'].format(grouped(paper.code))}　{words['number'].format(paper.number)}")
            lines.append(words["check"].format(self._address))
        if paper.valid_until is not None:
            lines.append(words["until"].format(worded(self._last_day(), paper.language)))
        if self._document.seal is not None:
            lines.append(words["not_seal"])
        if self._draft:
            lines.append(words["never"])
        code = self._qr if with_code else ""
        said = "<br>".join(escape(line) for line in lines)
        return f'<div class="paper-foot">{code}<div>{said}</div><div style="clear:both"></div></div>' if said else ""


def _table(rows: list[str]) -> list[str]:
    return [f'<table class="paper-fields">{"".join(rows)}</table>'] if rows else []


def _both(row: Mapping[str, Any], parts: Mapping[str, str]) -> Row:
    """A row under its English and its Chinese names."""
    return Row({**row, **{chinese: row[english] for english, chinese in parts.items() if english in row}})
