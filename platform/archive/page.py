"""The page of an archive file: a case as a person reads it, in one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from banshi.platform.archive.filing import Filing
from banshi.platform.audit.telling import plainly
from banshi.platform.cases.table import Writer
from banshi.platform.forms.labels import filled
from banshi.platform.service.model import UNSEEN, Field, Group, Item, Repeat
from banshi.platform.views import CaseView, DecisionView, EventView
from banshi.platform.words import EVENTS, KINDS, STATES, called, word
from banshi.rules.values import CAMPUS_ZONE

_WORDS = {
    "zh": {
        "number": "单号", "file": "档号", "retention": "保管期限", "service": "服务", "applicant": "申请人", "state": "状态",
        "submitted": "提交时间", "finished": "办结时间", "form": "填报内容", "said": "须注意", "decisions": "规则结论",
        "timeline": "办理过程", "attachments": "附件", "version": "版本 {}", "earlier": "已由后来的结论取代", "between": "；", "at": "时间", "what": "事项", "by": "办理人", "step": "环节", "opinion": "意见",
    },
    "en": {
        "number": "Case number", "file": "File number", "retention": "Kept for", "service": "Service",
        "applicant": "Applicant", "state": "State", "submitted": "Sent", "finished": "Ended", "form": "What was filled in",
        "said": "To be noted", "decisions": "What the rules decided", "timeline": "What happened",
        "attachments": "Attachments", "version": "version {}", "earlier": "superseded since", "between": "; ", "at": "When", "what": "What", "by": "Who", "step": "Step", "opinion": "Opinion",
    },
}  # fmt: skip
_STYLE = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}
th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere;white-space:pre-wrap}
th[scope=row]{width:30%}
.signed{max-height:4rem;max-width:16rem}
"""


def page(
    view: CaseView,
    filing: Filing,
    items: Sequence[Item],
    writer: Writer,
    paths: Mapping[str, str],
    language: str,
    pictures: Mapping[str, str] | None = None,
) -> bytes:
    """The page; `items` are the form's, `paths` say where the files of the case are beside it, by id.

    With `pictures` it stands alone, as for a PDF: it only names the files, and shows these signatures (`data:` addresses,
    by id).
    """
    link = _link if pictures is None else _name
    words = _WORDS["en" if language == "en" else "zh"]
    row = view.row
    head = {
        "number": row.number, "file": filing.number, "retention": filing.kept(language),
        "service": called(row.service, view.version, language), "applicant": row.applicant, "state": word(STATES, row.state, language),
        "submitted": _moment(row.submitted_at), "finished": _moment(filing.finished_at),
    }  # fmt: skip
    parts = [_table((words[key], text) for key, text in head.items() if text)]
    parts += _section(words["form"], _table(_answers(items, view, writer, language)))
    found = ((item["id"], item.get("message", "")) for item in view.findings)
    parts += _section(words["said"], _table(found))
    several = len({one.version for one in view.decisions}) > 1
    decided = ((_decision(one, words, language, version=several), "\n".join(one.told)) for one in view.decisions)
    parts += _section(words["decisions"], _table(decided))
    parts += _section(words["timeline"], _timeline(view.events, words, paths, language, pictures or {}, link))
    parts += _section(words["attachments"], "".join(f"<p>{link(path)}</p>" for path in paths.values()))
    title = escape(row.title)
    return (
        f'<!doctype html>\n<html lang="{"en" if language == "en" else "zh-CN"}"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'"
        f'{"; img-src data:" if pictures else ""}">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n"
        + "\n".join(parts)
        + "</body></html>\n"
    ).encode()


def _decision(one: DecisionView, words: Mapping[str, str], language: str, *, version: bool) -> str:
    """Which decision it is, at which deed it was made, under which version, and whether it still holds."""
    head = " ".join(filter(None, (word(KINDS, one.kind, language), one.name, one.scope)))
    where = [one.deed, words["version"].format(one.version) if version else "", "" if one.current else words["earlier"]]
    return "\n".join(filter(None, (head, words["between"].join(filter(None, where)))))


def _answers(items: Sequence[Item], view: CaseView, writer: Writer, language: str) -> Iterator[tuple[str, str]]:
    """What was answered: the rows of a repeat as lines. Answers that labels mention stand in them."""
    by_name = {item.name: item for item in _all(items)}

    def said(name: str) -> str:
        entry = writer.entry(view.answers.get(name), by_name[name]) if name in by_name else None
        return plainly(view.values.get(name, ""), language) if entry is None else writer.said(entry, by_name[name])

    for item in _all(items):
        if isinstance(item, Group) and not isinstance(item, Repeat):
            continue
        if isinstance(item, Repeat) or (isinstance(item, Field) and item.type not in UNSEEN):
            entry = writer.entry(view.answers.get(item.name), item)
            if entry is not None:
                yield filled(writer.label(item), said), writer.said(entry, item)


def _all(items: Iterable[Item]) -> Iterator[Item]:
    """Every item outside repeats, and the repeats."""
    for item in items:
        yield item
        if isinstance(item, Group) and not isinstance(item, Repeat):
            yield from _all(item.children)


def _timeline(
    events: Sequence[EventView],
    words: Mapping[str, str],
    paths: Mapping[str, str],
    language: str,
    pictures: Mapping[str, str],
    link: Callable[[str], str],
) -> str:
    heads = "".join(f'<th scope="col">{escape(words[key])}</th>' for key in ("at", "what", "by", "step", "opinion"))
    lines = []
    for event in events:
        files = [*event.files, *([event.signature] if event.signature else [])]
        said = escape("\n".join(part for part in (event.opinion, event.detail) if part))
        ids = [str(file["id"]) for file in files]
        links = "".join(f"<br>{link(paths[key])}" for key in ids if key in paths and key not in pictures)
        links += "".join(
            f'<br><img class="signed" alt="" src="{escape(pictures[key])}">' for key in ids if key in pictures
        )
        cells = (_moment(event.at), word(EVENTS, event.kind, language), event.actor, event.step)
        lines.append("".join(f"<td>{escape(cell)}</td>" for cell in cells) + f"<td>{said}{links}</td>")
    rows = "".join(f"<tr>{line}</tr>\n" for line in lines)
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>" if lines else ""


def _section(title: str, inside: str) -> list[str]:
    return [f"<section><h2>{escape(title)}</h2>{inside}</section>"] if inside else []


def _table(rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(label)}</th><td>{escape(text)}</td></tr>\n' for label, text in rows)
    return f"<table><tbody>{lines}</tbody></table>" if lines else ""


def _link(path: str) -> str:
    return f'<a href="{escape(quote(path))}">{escape(path.rpartition("/")[2])}</a>'


def _name(path: str) -> str:
    return escape(path.rpartition("/")[2])


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(CAMPUS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
