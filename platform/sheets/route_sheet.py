"""The route sheet: one row is one step, top to bottom."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise

from banshi.platform.people.who import Who, parse_who
from banshi.platform.routes import faults
from banshi.platform.routes.deadline import DEFAULT_OVERDUE, MOST, Deed, Due, Overdue, parse_due
from banshi.platform.routes.hooks import ALL_OPENED, Unmet, Wait
from banshi.platform.routes.model import (
    DEFAULT_OPERATIONS,
    BackMode,
    Copy,
    CopyAt,
    Empty,
    Mode,
    Operation,
    Route,
    RouteStep,
    Same,
    SelfApproval,
    Threshold,
)
from banshi.platform.routes.tree import differing_both_ways
from banshi.platform.sheets.do_column import parse_hooks
from banshi.platform.sheets.route_words import (
    BACK_MODES,
    BACKS,
    COPIES_AT,
    DEEDS,
    EMPTIES,
    JOINS,
    MODES,
    OPERATIONS,
    OPINIONS,
    SAMES,
    SELVES,
    UNMET,
)
from banshi.platform.workbook.columns import Column, Record, plain, read_header, suggest
from banshi.platform.workbook.remarks import below_title
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
_PERSON = re.compile(r"(?:(?:person|人员?)\s*[:：]\s*)?([A-Za-z]{0,4}\d[\w-]*)")
_DEED = re.compile(r"(\d+)\s*[%％]\s*([^:：]+?)\s*(?:[:：]\s*(.+))?")
_DEEDS = re.compile(r"[;；\n]|[,，、](?=\s*\d+\s*[%％])")
_LIST = re.compile(r"[、,，;；\s]+")
_MODE = re.compile(r"([^\d>＞≥%]*?)\s*(?:((?:>=|[>＞≥])?\s*\d+(?:\.\d+)?(?:\s*/\s*\d+)?)\s*([%％]|人)?)?")
_WAIT = re.compile(r"(?:wait|等待)\s*[(（]?\s*([^!！()（）]*?)\s*[)）]?\s*(?:[!！](.*))?", re.IGNORECASE)
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
        told = {"text": text, "column": _chinese(column), "column_en": column, "known": known, "near": near}
        self.found.append(faults.UNKNOWN_WORD.at(cell.place, **told))
        return default

    def only_one(self, cell: Cell, column: str, said: Sequence[tuple[str, str]]) -> None:
        """A fault where two texts of a cell say different things; `said` has each with what it means."""
        for (first, meant), (second, other) in pairwise(said):
            if meant != other:
                told = {"first": first, "second": second, "column": _chinese(column), "column_en": column}
                self.found.append(faults.TWO_WORDS.at(cell.place, **told))
                return

    def step(self, record: Record) -> RouteStep | None:
        """One row."""
        step_id, name = record["step"].text, record["name"].text
        if not step_id or not name:
            self.found.append(faults.NO_ID.at(record.first))
            return None
        group, join = self.group(record["group"])
        same, self_approval = self.same(record["same"])
        empty, stand_in = self.empty(record["empty"])
        wait = self.wait(record["mode"])
        mode, threshold = (Mode.WAIT, None) if wait else self.mode(record["mode"])
        back, back_mode = self.back(record["back"])
        opinion = self.opinion(record["opinion"])
        return RouteStep(
            id=step_id,
            name=name,
            name_en=record["name_en"].text,
            who=self.who(record, step_id),
            mode=mode,
            threshold=threshold,
            wait=wait or ALL_OPENED,
            when=self.expression(record["when"]),
            group=group,
            join=join,
            operations=self.operations(record["ops"]),
            edit=names(record["edit"]),
            hide=names(record["hide"]),
            require=names(record["require"]),
            back=back,
            back_mode=back_mode,
            empty=empty,
            stand_in=stand_in,
            same=same,
            self_approval=self_approval,
            differ=tuple("initiator" if plain(x) in ("initiator", "发起人") else x for x in names(record["differ"])),
            copies=self.copies(record["cc"]),
            hooks=parse_hooks(record["do"], self.found),
            due=read_due(record["due"], self.found),
            overdue=self.overdue(record["overdue"]),
            opinion_required="required" in opinion,
            phrases=opinion.get("phrases", ()),
            signature="signature" in opinion,
            place=record["step"].place,
            cells={column.name: cell.place for column in COLUMNS if not (cell := record[column.name]).blank},
        )

    def empty(self, cell: Cell) -> tuple[Empty, str]:
        """Who is asked where nobody would be: a word, or a person by campus number."""
        if person := _PERSON.fullmatch(cell.text):
            return Empty.PERSON, person[1]
        return Empty(self.word(cell, cell.text, EMPTIES, "empty", Empty.ADMIN)), ""

    def mode(self, cell: Cell) -> tuple[Mode, Threshold | None]:
        """The mode, and what it counts against: `票签 2/3`, `ratio 60%`, `至少 2人`, `2人`, `权重 >50`."""
        text = re.sub(r"(?i)^at\s+least", "at least", cell.text.strip())
        shape = _MODE.fullmatch(text)
        word, number, unit = shape.groups() if shape else (text, None, None)
        if number and unit == "人" and not word:
            word = "至少"
        mode = Mode(self.word(cell, word or "", MODES, "mode", Mode.ONE))
        if not mode.counts and number is None:
            return mode, None
        threshold = _threshold(mode, number or "", percent=unit in ("%", "％")) if mode.counts else None
        if threshold is None:
            example = {Mode.RATIO: "票签 2/3", Mode.AT_LEAST: "至少 2", Mode.WEIGHT: "权重 >50"}.get(
                mode, MODES[mode][1]
            )
            self.found.append(faults.BAD_THRESHOLD.at(cell.place, text=cell.text, example=example))
        return mode, threshold

    def wait(self, cell: Cell) -> Wait | None:
        """What a waiting step waits for: `等待`, `等待 任一 !退回`, `wait(2) !refuse`; None for any other mode."""
        shape = _WAIT.fullmatch(cell.text.strip())
        if shape is None:
            return None
        need = 0
        if shape[1].isdigit():
            need = int(shape[1])
            if not need:
                self.found.append(faults.BAD_THRESHOLD.at(cell.place, text=cell.text, example="等待 2"))
        elif shape[1]:
            need = {"all": 0, "any": 1}[self.word(cell, shape[1], JOINS, "mode", "all")]
        return Wait(need, Unmet(self.word(cell, (shape[2] or "").strip(), UNMET, "mode", Unmet.GO_ON)))

    def who(self, record: Record, step_id: str) -> Who:
        """The people to ask; none are needed where the system acts."""
        cell = record["who"]
        if cell.blank or plain(cell.text) in ("系统", "system"):
            if not self.without_people(record["mode"]):
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
        """The label and the join: `会签`, `会签(任一)`, `会签(2)`."""
        match = _JOIN.fullmatch(cell.text)
        if match is None:
            return cell.text, "all"
        if match[2].isdigit() and int(match[2]):
            return match[1], match[2]
        return match[1], self.word(cell, match[2], JOINS, "group", "all")

    def same(self, cell: Cell) -> tuple[Same, SelfApproval]:
        """The two words of the cell, in either order: about the same person twice, about the applicant herself."""
        sames: list[tuple[str, str]] = []
        owns: list[tuple[str, str]] = []
        for text in filter(None, re.split(r"[;；,，、\n]", cell.text)):
            text = text.strip()
            bare = re.sub(r"^(自审|self)\s*[:：]?\s*", "", text)
            if bare == text and any(plain(text) in map(plain, words) for words in SAMES.values()):
                sames.append((text, self.word(cell, text, SAMES, "same", Same.ADJACENT)))
            else:
                known = SELVES if bare != text else {**SAMES, **SELVES}
                owns.append((text, self.word(cell, bare, known, "same", SelfApproval.SUPERIOR)))
        self.only_one(cell, "same", sames)
        self.only_one(cell, "same", owns)
        return (
            Same(sames[-1][1]) if sames else Same.ADJACENT,
            SelfApproval(owns[-1][1]) if owns else SelfApproval.SUPERIOR,
        )

    def back(self, cell: Cell) -> tuple[tuple[str, ...], BackMode]:
        """Where the step may return to, and what happens after that is mended: `发起人、15 !按变更`."""
        if cell.blank:
            return ("initiator", "previous"), BackMode.ASK
        found: list[str] = []
        modes: list[tuple[str, str]] = []
        for text in names(cell):
            target, mark, how = re.sub("！", "!", text).partition("!")
            if mark:
                modes.append((f"!{how}", self.word(cell, how, BACK_MODES, "back", BackMode.ASK)))
            if re.fullmatch(r"\d+(\.\d+)?", target):
                found.append(target)
            elif target:
                found.append(self.word(cell, target, BACKS, "back", "initiator"))
        self.only_one(cell, "back", modes)
        return tuple(found) or ("initiator", "previous"), BackMode(modes[-1][1]) if modes else BackMode.ASK

    def without_people(self, cell: Cell) -> bool:
        """Whether the mode of a row needs nobody."""
        return any(plain(cell.text) in map(plain, MODES[mode]) for mode in (Mode.AUTO, Mode.CALLBACK)) or bool(
            _WAIT.fullmatch(cell.text.strip())
        )

    def operations(self, cell: Cell) -> frozenset[Operation]:
        """What may be done beside deciding, against the default: `+批量 -转办`."""
        allowed = set(DEFAULT_OPERATIONS)
        for sign, text in re.findall(r"([+＋\-－]?)\s*([^+＋\-－、,，;；\n]+)", cell.text):
            operation = Operation(self.word(cell, text.strip(), OPERATIONS, "ops", Operation.TRANSFER))
            (allowed.discard if sign in ("-", "－") else allowed.add)(operation)
        return frozenset(allowed)

    def copies(self, cell: Cell) -> tuple[Copy, ...]:
        """Who gets a copy, and when: `角色:校办.秘书 @办结; 部门负责人(申请部门)`."""
        found = []
        for text in filter(None, map(str.strip, re.split(r"[;；\n]", cell.text))):
            people, _, moment = text.partition("@")
            at = CopyAt(self.word(cell, moment.strip(), COPIES_AT, "cc", CopyAt.PASSED))
            who, wrong = parse_who(people.strip(), cell.place)
            self.found += wrong
            if who is not None:
                found.append(Copy(who, at))
        return tuple(found)

    def overdue(self, cell: Cell) -> tuple[Overdue, ...]:
        """What happens as the time goes by: `80%提醒;100%催办;150%转上级;200%抄送:角色:校办.秘书`."""
        found = []
        for text in filter(None, map(str.strip, _DEEDS.split(cell.text))):
            shape = _DEED.fullmatch(text)
            if shape is None or not 0 < int(shape[1]) <= MOST:
                self.found.append(faults.BAD_OVERDUE.at(cell.place, text=text))
                continue
            deed = Deed(self.word(cell, shape[2], DEEDS, "overdue", Deed.REMIND))
            who = None
            if (deed is Deed.COPY) is not bool(shape[3]):
                self.found.append(faults.BAD_OVERDUE.at(cell.place, text=text))
            elif shape[3]:
                who, wrong = parse_who(shape[3], cell.place)
                self.found += wrong
            found.append(Overdue(int(shape[1]), deed, who))
        return tuple(found) or DEFAULT_OVERDUE

    def opinion(self, cell: Cell) -> Mapping[str, tuple[str, ...]]:
        """What is asked beside the decision: `必填；常用语：同意|请补充材料；手写签名`."""
        found: dict[str, tuple[str, ...]] = {}
        for text in filter(None, map(str.strip, re.split(r"[;；\n]", cell.text))):
            word, _, rest = text.replace("：", ":").partition(":")
            name = self.word(cell, word.strip(), OPINIONS, "opinion", "optional")
            found[name] = tuple(filter(None, map(str.strip, re.split(r"[|｜]", rest))))
        return found


def _chinese(column: str) -> str:
    """The Chinese word of a column of the sheet."""
    return next(known.words[1] for known in COLUMNS if known.name == column)


def read_due(cell: Cell, found: list[Diagnostic]) -> Due | None:
    """When a step is due: `2工作日`, `表:维修时限[类别]`, `字段:需求日期-1天`; blank is never."""
    if cell.blank:
        return None
    due = parse_due(cell.text)
    if due is None:
        found.append(faults.BAD_DUE.at(cell.place, text=cell.text))
    return due


def _threshold(mode: Mode, text: str, *, percent: bool) -> Threshold | None:
    """What a counting mode counts against; None when it makes no sense. `>50` is more than 50, `50` is 50 or more."""
    number = re.sub(r"[>=＞≥\s]", "", text)
    if not number:
        return None
    value = Fraction(number) / (100 if percent else 1)
    strict = (">" in text or "＞" in text) and "=" not in text
    match mode:
        case Mode.RATIO:
            return Threshold(value, share=True, strict=strict) if 0 < value <= 1 else None
        case Mode.AT_LEAST:
            return Threshold(value) if not percent and value.denominator == 1 and value > 0 else None
        case _:
            within = value < 1 or (value == 1 and not strict) if percent else True
            return Threshold(value, share=percent, strict=strict) if value > 0 and within else None


def parse_route(sheet: Sheet) -> tuple[Route | None, list[Diagnostic]]:
    """The route of a sheet with everything that is wrong in it; None when it has no rows."""
    if not sheet.rows:
        return None, []
    reader = _Reader()
    sheet, notes = below_title(sheet, COLUMNS, sections=False)
    header, reader.found = read_header(sheet, sheet.rows[0], COLUMNS)
    reader.found += notes
    records = list(header.records(sheet.rows[1:]))
    steps = [step for record in records if (step := reader.step(record)) is not None]
    return differing_both_ways(Route(tuple(steps))), reader.found


def names(cell: Cell) -> tuple[str, ...]:
    """The names in a cell, however they are parted; `${name}` is `name`."""
    parts = (re.sub(r"^\$\{(.+)\}$", r"\1", part) for part in _LIST.split(cell.text))
    return tuple(part.rstrip("*") or part for part in parts if part)
