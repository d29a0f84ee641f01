"""What may be picked in the columns of a workbook: keywords, departments, posts, roles and people, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from banshi.platform.people.directory import Directory
from banshi.platform.people.terms import EXAMPLES, WORDS, TermKind
from banshi.platform.routes.deadline import Deed, Span, Unit
from banshi.platform.routes.model import DEFAULT_OPERATIONS, BackMode, Mode
from banshi.platform.service.model import Retention
from banshi.platform.sheets.documents_sheet import SIZES
from banshi.platform.sheets.notice_words import CHANNELS, CONNECTION_KINDS, EVENTS
from banshi.platform.sheets.policy_sheet import VERDICTS
from banshi.platform.sheets.route_words import (
    BACK_MODES,
    BACKS,
    DEEDS,
    EMPTIES,
    MODES,
    OPERATIONS,
    OPINIONS,
    SAMES,
    SELVES,
)
from banshi.platform.sheets.rules_sheet import HITS
from banshi.platform.sheets.words import SELECTS, SENSITIVE_WORDS, TYPES
from banshi.rules.tariffs.layout import METHODS
from banshi.rules.tariffs.rounding import DIRECTIONS, NO_ROUNDING

LIST_OF: Mapping[str, str] = {
    "settings.owner": "departments",
    "settings.applicants": "roles",
    "settings.choice_duplicates": "yes_no",
    "settings.retention": "retentions",
    "settings.consent": "yes_no",
    "settings.personal_kept": "periods",
    "settings.due": "due",
    "survey.type": "types",
    "survey.required": "yes_no",
    "survey.readonly": "yes_no",
    "survey.sensitive": "sensitive",
    "survey.trigger": "references",
    "survey.repeat_count": "references",
    "survey.appearance": "appearances",
    "choices.list_name": "choice_lists",
    "route.who": "who",
    "route.mode": "modes",
    "route.edit": "fields",
    "route.hide": "fields",
    "route.require": "fields",
    "route.ops": "operations",
    "route.back": "backs",
    "route.due": "due",
    "route.overdue": "overdue",
    "route.empty": "empties",
    "route.same": "sames",
    "route.differ": "fields",
    "route.cc": "who",
    "route.opinion": "opinions",
    "rules.hit": "hits",
    "fees.quantity": "references",
    "fees.method": "methods",
    "fees.round": "rounds",
    "policy.verdict": "verdicts",
    "notices.on": "events",
    "notices.to": "who",
    "notices.channel": "channels",
    "notices.quiet": "quiet",
    "connect.kind": "connection_kinds",
    "documents.paper": "papers",
    "documents.verify": "yes_no",
    "documents.language": "paper_languages",
    "documents.valid": "validities",
    "passes.uses": "pass_uses",
    "passes.exits": "yes_no",
    "passes.keeper": "who",
    "personal_passes.exits": "yes_no",
    "personal_passes.keeper": "who",
    "personal_passes.office": "who",
}
"""Which list stands under a column. `types`, `choice_lists`, `fields` and `references` follow the workbook itself."""

APPEARANCES = (
    "multiline", "numbers", "minimal", "autocomplete", "likert", "horizontal", "columns", "columns-2",
    "table-list", "grid", "month-year", "year", "multiple", "signature", "draw", "annotate", "new", "cards", "image-map",
)  # fmt: skip
"""The appearances that docs/en/forms.md describes."""

_COUNTED: Mapping[Mode, str] = {Mode.RATIO: " 2/3", Mode.AT_LEAST: " 2", Mode.WEIGHT: " >50"}
_SPANS = ((1, Unit.WORKING_DAY), (2, Unit.WORKING_DAY), (3, Unit.WORKING_DAY), (5, Unit.WORKING_DAY),
          (1, Unit.DAY), (7, Unit.DAY), (4, Unit.HOUR), (4, Unit.WORKING_HOUR))  # fmt: skip
USUAL_WHO = (
    ("发起人", "initiator"),
    ("部门负责人(申请部门)", "head(department)"),
    ("部门负责人(申请部门, 上1级)", "head(department, up 1)"),
    ("逐级主管(申请部门→校级)", "chain(department→top)"),
    ("环节 20", "step 20"),
)
"""Who-expressions that fit everywhere, over the field that the workbook of `starting` has."""

_MOST_PEOPLE = 300
"""People who are proposed: those with a role or a department to head. Of a whole campus nobody finds one in a list."""


def pick(words: Iterable[str], language: str) -> str:
    """The first word that is of a language, else the first."""
    first, *_ = known = list(words)
    return next((word for word in known if word.isascii() is (language == "en")), first)


def types_of(language: str) -> list[str]:
    """The question types that need no list."""
    return [pick(known.words, language) for known in TYPES if known.name not in SELECTS]


def selects_of(language: str) -> list[str]:
    """The question types with a list, each with a place for it: `单选 {}`."""
    return [pick(known.words, language) + " {}" for known in TYPES if known.name in SELECTS]


def lists_of(language: str, directory: Directory | None) -> dict[str, Sequence[str]]:
    """The lists that follow nothing, by name."""

    def words(table: Mapping[Any, tuple[str, ...]]) -> list[str]:
        return [pick(spellings, language) for spellings in table.values()]

    people = _people(directory, language) if directory else {}
    modes = {mode: pick([word for word in texts if word != "N人"], language) for mode, texts in MODES.items()}
    deeds = {deed: pick(texts, language) for deed, texts in DEEDS.items()}
    back, opinion = words(BACKS), {name: pick(texts, language) for name, texts in OPINIONS.items()}
    join = "、" if language == "zh" else ", "
    return {
        "yes_no": ("是", "否") if language == "zh" else ("yes", "no"),
        "periods": ("6个月", "1年", "3年") if language == "zh" else ("6 months", "1 year", "3 years"),
        "sensitive": [*words(SENSITIVE_WORDS), *(("是", "否") if language == "zh" else ("yes", "no"))],
        "retentions": [retention.text(language) for retention in Retention],
        "appearances": APPEARANCES,
        "departments": people.get("departments", ()),
        "roles": people.get("roles", ()),
        "who": [*(pair[language == "en"] for pair in USUAL_WHO), *(people["who"] if people else _shapes(language))],
        "modes": [word + _COUNTED.get(Mode(mode), "") for mode, word in modes.items()],
        "operations": [
            ("-" if operation in DEFAULT_OPERATIONS else "+") + pick(texts, language)
            for operation, texts in OPERATIONS.items()
        ],
        "backs": [
            *back,
            join.join(back[:2]),
            *(f"{back[0]} !{pick(texts, language)}" for how, texts in BACK_MODES.items() if how != BackMode.ASK),
        ],
        "due": [Span(count, unit).text(language) for count, unit in _SPANS],
        "overdue": [
            *(f"{part}%{deeds[deed]}" for part, deed in ((80, Deed.REMIND), *((100, d) for d in Deed if d != Deed.COPY))),
            f"80%{deeds[Deed.REMIND]};100%{deeds[Deed.URGE]};150%{deeds[Deed.ESCALATE]}",
        ],
        "empties": words(EMPTIES),
        "sames": [*words(SAMES), *(pick(("self " + texts[0], texts[-1]), language) for texts in SELVES.values())],
        "opinions": [opinion["required"], opinion["optional"], opinion["signature"],
                     f"{opinion['required']}; {opinion['signature']}"],
        "hits": words(HITS),
        "methods": words(METHODS),
        "rounds": [
            *(f"0.01 {word}" for word in words(DIRECTIONS)),
            *(f"{unit} {pick(texts, language)}" for unit in ("0.1", "1", "10") for texts in list(DIRECTIONS.values())[:2]),
            pick(NO_ROUNDING, language),
        ],
        "verdicts": words(VERDICTS),
        "events": words(EVENTS),
        "channels": [*words(CHANNELS)[:2], join.join(words(CHANNELS)[:2]), words(CHANNELS)[2] + ":"],
        "quiet": ["22:00-07:00", "21:00-08:00"],
        "papers": [*SIZES, *(f"{size} {pick(('landscape', '横向'), language)}" for size in SIZES[1:3])],
        "paper_languages": [pick(texts, language) for texts in (("zh", "中文"), ("en", "英文"), ("both", "中英"))],
        "validities": [pick(texts, language) for texts in (("30 days", "30天"), ("6 months", "6个月"), ("1 year", "1年"))],
        "pass_uses": [pick(texts, language) for texts in (("once", "一次"), ("3 times", "3次"), ("unlimited", "不限"))],
        "connection_kinds": [texts[0] for texts in CONNECTION_KINDS.values()],
    }  # fmt: skip


def said(kind: TermKind, what: str, language: str) -> str:
    """A who-expression of a kind: `角色:财务处.审核岗`, `部门负责人("财务处")`."""
    word = pick(WORDS[kind], language)
    return f'{word}("{what}")' if kind is TermKind.HEAD else f"{word}:{what}"


def _shapes(language: str) -> list[str]:
    """One who-expression of every kind, to be changed, where no organisation is known."""
    return [texts.split(" / ")[language == "en"] for texts in EXAMPLES.values()]


def _people(directory: Directory, language: str) -> dict[str, list[str]]:
    """What an organisation has to be named in a route."""
    roles = [said(TermKind.ROLE, role, language) for role in sorted(directory.roles()) if "." in role]
    posts = sorted({post for person in directory.people.values() for post in person.posts})
    heads = [said(TermKind.HEAD, name, language) for name, entry in directory.departments.items() if entry.head]
    heading = {entry.head for entry in directory.departments.values()}
    known = [key for key, person in sorted(directory.people.items()) if person.roles or person.posts or key in heading]
    return {
        "departments": list(directory.departments),
        "roles": roles,
        "who": [
            *roles,
            *(said(TermKind.POST, post, language) for post in posts),
            *heads,
            *(said(TermKind.PERSON, key, language) for key in known[:_MOST_PEOPLE]),
        ],
    }
