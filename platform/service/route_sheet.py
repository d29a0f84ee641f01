"""The route sheet: one row is one step, top to bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping

from banshi.platform.people.who import Who, parse_who
from banshi.platform.routes import faults
from banshi.platform.routes.model import Empty, Mode, Route, RouteStep, Same, SelfApproval
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.workbook import Sheet
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, parse

COLUMNS = (
    Column("step", ("step", "环节号"), needed=True),
    Column("name", ("name", "环节名称"), needed=True),
    Column("name_en", ("name::English (en)", "name::en", "环节名称::English (en)", "环节名称::en")),
    Column("who", ("who", "办理人"), needed=True),
    Column("mode", ("mode", "方式")),
    Column("when", ("when", "进入条件")),
    Column("group", ("group", "并行组")),
    Column("edit", ("edit", "可编辑")),
    Column("hide", ("hide", "隐藏")),
    Column("require", ("require", "必填")),
    Column("ops", ("ops", "可用操作")),
    Column("back", ("back", "退回到")),
    Column("due", ("due", "时限")),
    Column("overdue", ("overdue", "超时")),
    Column("empty", ("empty", "无人时")),
    Column("same", ("same", "同人")),
    Column("differ", ("differ", "不同于")),
    Column("cc", ("cc", "抄送")),
    Column("do", ("do", "通过后")),
    Column("opinion", ("opinion", "意见")),
    Column("note", ("note", "备注")),
    Column("reference", ("reference", "依据")),
)
# Known to the standard; this version keeps them without acting on them, and says so.
WITHOUT_EFFECT = ("ops", "due", "overdue", "cc", "do")

MODES: Mapping[str, tuple[str, ...]] = {
    Mode.ONE: ("one", "单人"),
    Mode.ANY: ("any", "或签"),
    Mode.ALL: ("all", "会签"),
    Mode.DO: ("do", "办理"),
    Mode.AUTO: ("auto", "自动"),
}
MODES_NOT_BUILT = ("claim", "抢占", "sequence", "依次", "ratio", "票签", "at least", "N人", "人", "weight", "权重",
                   "callback", "回调", "notify", "知会")  # fmt: skip
EMPTIES: Mapping[str, tuple[str, ...]] = {
    Empty.SUPERIOR: ("superior", "上级"),
    Empty.ADMIN: ("admin", "管理员"),
    Empty.SKIP: ("skip", "跳过"),
    Empty.REFUSE: ("refuse", "拒绝"),
}
SAMES: Mapping[str, tuple[str, ...]] = {
    Same.KEEP: ("keep", "不跳"),
    Same.ADJACENT: ("adjacent", "跳过相邻"),
    Same.ALL: ("all", "跳过全部"),
}
SELVES: Mapping[str, tuple[str, ...]] = {
    SelfApproval.ALLOW: ("allow", "允许", "自审允许"),
    SelfApproval.SKIP: ("skip", "跳过", "自审跳过"),
    SelfApproval.SUPERIOR: ("superior", "转上级", "上级", "自审转上级"),
    SelfApproval.FORBID: ("forbid", "禁止", "自审禁止"),
}
BACKS: Mapping[str, tuple[str, ...]] = {
    "initiator": ("initiator", "发起人"),
    "previous": ("previous", "上一步"),
    "any": ("any", "任意"),
}
JOINS: Mapping[str, tuple[str, ...]] = {"all": ("all", "全部"), "any": ("any", "任一")}

_PERSON = re.compile(r"(?:(?:person|人员?)\s*[:：]\s*)?([A-Za-z]{0,4}\d[\w-]*)")
_LIST = re.compile(r"[、,，;；\s]+")
_JOIN = re.compile(r"(.*?)\s*[(（]\s*(.+?)\s*[)）]\s*")


class _Reader:
    """One sheet being read; faults gather on the way."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def word(self, cell: Cell, text: str, words: Mapping[str, tuple[str, ...]], column: str, default: str) -> str:
        """The keyword that a text is, or the default with a fault."""
        if not text:
            return default
        for name, spellings in words.items():
            if plain(text) in map(plain, spellings):
                return name
        known = "、".join(" / ".join(spellings[:2]) for spellings in words.values())
        near = suggest(text, (spelling for spellings in words.values() for spelling in spellings))
        self.found.append(faults.UNKNOWN_WORD.at(cell.place, text=text, column=column, known=known, near=near))
        return default

    def step(self, record: Record) -> RouteStep | None:
        """One row."""
        step_id, name = record["step"].text, record["name"].text
        if not step_id or not name:
            self.found.append(faults.NO_ID.at(record.first))
            return None
        group, join = self.group(record["group"])
        same, self_approval = self.same(record["same"])
        empty, stand_in = self.empty(record["empty"])
        return RouteStep(
            id=step_id,
            name=name,
            name_en=record["name_en"].text,
            who=self.who(record, step_id),
            mode=self.mode(record["mode"]),
            when=self.expression(record["when"]),
            group=group,
            join=join,
            edit=names(record["edit"]),
            hide=names(record["hide"]),
            require=names(record["require"]),
            back=self.back(record["back"]),
            empty=empty,
            stand_in=stand_in,
            same=same,
            self_approval=self_approval,
            differ=tuple("initiator" if plain(x) in ("initiator", "发起人") else x for x in names(record["differ"])),
            opinion_required=self.opinion(record["opinion"]),
            place=record["step"].place,
            cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
        )

    def empty(self, cell: Cell) -> tuple[Empty, str]:
        """Who is asked where nobody would be: a word, or a person by campus number."""
        if person := _PERSON.fullmatch(cell.text):
            return Empty.PERSON, person[1]
        return Empty(self.word(cell, cell.text, EMPTIES, "empty", Empty.ADMIN)), ""

    def mode(self, cell: Cell) -> Mode:
        """The mode; one that is known but not built is its own fault."""
        head = plain(re.split(r"[\s\d>＞]", cell.text.strip(), maxsplit=1)[0])
        if head and (head in map(plain, MODES_NOT_BUILT) or plain(cell.text).startswith("at least")):
            known = "、".join(words[1] for words in MODES.values())
            self.found.append(faults.NOT_BUILT.at(cell.place, text=cell.text, known=known))
            return Mode.ONE
        return Mode(self.word(cell, cell.text, MODES, "mode", Mode.ONE))

    def who(self, record: Record, step_id: str) -> Who:
        """The people to ask; none are needed where the system acts."""
        cell = record["who"]
        if cell.blank or plain(cell.text) in ("系统", "system"):
            if plain(record["mode"].text) not in ("auto", "自动"):
                self.found.append(faults.NO_WHO.at(cell.place, step=step_id))
            return Who(place=cell.place)
        who, found = parse_who(cell.text, cell.place)
        self.found += found
        return who or Who(text=cell.text, place=cell.place)

    def expression(self, cell: Cell) -> Expression | None:
        """A condition; blank means always."""
        if cell.blank:
            return None
        expression, found = parse(cell.text, cell.place)
        self.found += found
        return expression

    def group(self, cell: Cell) -> tuple[str, str]:
        """The label and the join: `会签`, `会签(任一)`."""
        match = _JOIN.fullmatch(cell.text)
        if match is None:
            return cell.text, "all"
        if match[2].isdigit():
            self.found.append(faults.NOT_BUILT.at(cell.place, text=cell.text, known="全部、任一"))
            return match[1], "all"
        return match[1], self.word(cell, match[2], JOINS, "group", "all")

    def same(self, cell: Cell) -> tuple[Same, SelfApproval]:
        """The two words of the cell, in either order: about the same person twice, about the applicant herself."""
        same, own = Same.ADJACENT, SelfApproval.SUPERIOR
        for text in filter(None, re.split(r"[;；,，、\n]", cell.text)):
            text = text.strip()
            bare = re.sub(r"^(自审|self)\s*[:：]?\s*", "", text)
            if bare == text and any(plain(text) in map(plain, words) for words in SAMES.values()):
                same = Same(self.word(cell, text, SAMES, "same", same))
            else:
                own = SelfApproval(self.word(cell, bare, SELVES if bare != text else {**SAMES, **SELVES}, "same", own))
        return same, own

    def back(self, cell: Cell) -> tuple[str, ...]:
        """Where the step may return to."""
        if cell.blank:
            return ("initiator", "previous")
        found = []
        for text in names(cell):
            if text.startswith(("!", "！")):
                self.found.append(faults.NOT_BUILT.at(cell.place, text=text, known="重走（默认）"))
                continue
            if re.fullmatch(r"\d+(\.\d+)?", text):
                found.append(text)
            else:
                found.append(self.word(cell, text, BACKS, "back", "initiator"))
        return tuple(found) or ("initiator",)

    def opinion(self, cell: Cell) -> bool:
        """Whether an opinion must be written."""
        words = {"required": ("required", "必填", "是"), "optional": ("optional", "选填", "否")}
        return self.word(cell, cell.text, words, "opinion", "optional") == "required"


def parse_route(sheet: Sheet) -> tuple[Route | None, list[Diagnostic]]:
    """The route of a sheet with everything that is wrong in it; None when it has no rows."""
    if not sheet.rows:
        return None, []
    reader = _Reader()
    header, reader.found = read_header(sheet, sheet.rows[0], COLUMNS)
    records = list(header.records(sheet.rows[1:]))
    for name in WITHOUT_EFFECT:
        if any(not record[name].blank for record in records):
            cell = sheet.rows[0].cells[header.index[name]]
            reader.found.append(faults.NO_EFFECT.at(cell.place, column=cell.text))
    steps = [step for record in records if (step := reader.step(record)) is not None]
    return Route(tuple(steps)), reader.found


def names(cell: Cell) -> tuple[str, ...]:
    """The names in a cell, however they are parted; `${name}` is `name`."""
    parts = (re.sub(r"^\$\{(.+)\}$", r"\1", part) for part in _LIST.split(cell.text))
    return tuple(part.rstrip("*") or part for part in parts if part)
