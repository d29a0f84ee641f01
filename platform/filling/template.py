"""The template of a service: an Excel file with a column a question, made from the definition alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from banshi.platform.filling.layout import (
    CHOICES,
    FACTS,
    HELP,
    KEY,
    MOST_CASES,
    PARENT,
    RESULT,
    Layout,
    Plan,
    always,
    is_yes_no,
    label_of,
    labels,
    layout_of,
)
from banshi.platform.filling.options import NO_LISTS, Lists, Options, options_of
from banshi.platform.forms.answers import part_of
from banshi.platform.forms.labels import filled
from banshi.platform.forms.worded import worded
from banshi.platform.people.directory import Directory
from banshi.platform.service.model import Field, Service
from banshi.platform.workbook.blank import BlankColumn, BlankSheet, Check, Extras, Tone, blank_workbook
from banshi.rules.expressions import Expression
from banshi.rules.values import Kind
from banshi.storage import new_id

_NUMBERED = 100
"""How many cases have their number already, where details on other sheets refer to it."""

_DEPARTMENTS, _YES_NO = "@departments", "@yes_no"
_TITLES = {
    "zh": {HELP: "填写说明 Help", CHOICES: "选项", FACTS: "#模板信息"},
    "en": {HELP: "Help 填写说明", CHOICES: "Choices", FACTS: "#template"},
}
_YES_AND_NO = {"zh": ("是", "否"), "en": ("Yes", "No")}
_SHAPES: Mapping[Kind, tuple[str, Check | None]] = {
    Kind.NUMBER: ("General", "decimal"),
    Kind.DATE: ("yyyy-mm-dd", "date"),
    Kind.DATETIME: ("yyyy-mm-dd hh:mm", None),
    Kind.TIME: ("hh:mm", None),
}
_PART_SHAPES: Mapping[str, tuple[str, Check | None]] = {"month": ("yyyy-mm", None), "year": ("0", None)}
_TYPE_SHAPES: Mapping[str, tuple[str, Check | None]] = {"integer": ("0", "whole"), "money": ("#,##0.00", "decimal")}

FIXED = {
    RESULT: ("办理结果（由平台填写）", "Result (filled in by the platform)"),
    KEY: ("编号", "No."),
    PARENT: ("所属行的编号", "No. of its row"),
}
"""What the columns that are no questions are called."""

_WORDS: Mapping[str, tuple[str, str]] = {
    "needed": ("必填。", "Required."),
    "sometimes": ("满足这个条件时必填：{rule}", "Required when: {rule}"),
    "relevant": ("满足这个条件时才问：{rule}", "Only asked when: {rule}"),
    "sometimes_unsaid": (
        "有时必填，取决于其他内容；上传时核对。",
        "Sometimes required: other answers decide, when it is checked.",
    ),
    "relevant_unsaid": (
        "有时不问，取决于其他内容；上传时核对。",
        "Not always asked: other answers decide, when it is checked.",
    ),
    "rule_unsaid": ("上传时按表单的规则核对。", "It is checked by the form's rules on return."),
    "default": ("不填时按表单的默认值或预填值。", "Left blank, the form's own default is used."),
    "integer": ("整数。", "A whole number."),
    "number": ("数字，不写单位。", "A number without a unit."),
    "money": ("金额，最多两位小数。", "An amount of money, two decimals at most."),
    "date": ("日期，如 2026-09-01。", "A date, such as 2026-09-01."),
    "month": ("年月，如 2026-09。", "A month of a year, such as 2026-09."),
    "year": ("年份，如 2026。", "A year, such as 2026."),
    "datetime": ("日期和时间，如 2026-09-01 08:30。", "A date and a time, such as 2026-09-01 08:30."),
    "time": ("时间，如 08:30。", "A time, such as 08:30."),
    "yes_no": ("填“是”或“否”。", "Yes or No."),
    "select_one": ("从下拉列表里选，也可以填选项名称。", "Pick from the list, or write the name of the choice."),
    "select_multiple": (
        "可选多个，用“；”隔开，选项见“{sheet}”表。",
        "Several choices, parted by “;”; they stand on the sheet “{sheet}”.",
    ),
    "filter": (
        "能选哪些取决于前面的内容，上传时核对。",
        "What fits depends on other answers; that is checked on return.",
    ),
    "person": ("填工号；姓名不重名时也可以填姓名。", "The campus number, or a name that only one person has."),
    "department": ("从下拉列表里选部门。", "Pick a department from the list."),
    "account": ("填您可以使用的项目或账户的编号。", "The number of a project or account that you may charge."),
    "text": ("文本：前面的 0 和长数字会保留。", "Text: leading zeros and long numbers stay."),
    "rule": ("要求：{rule}", "It must fit: {rule}"),
    "result": ("提交后写办件编号，请留空。", "The case number after sending; leave it blank."),
    "key": ("这一行的编号，不重复；明细表用它指明属于哪一行。", "The number of this row, each once; details name it."),
    "parent": ("填“{sheet}”表里所属那一行的编号。", "The number of its row on the sheet “{sheet}”."),
}


def template(service: Service, language: str, directory: Directory | None = None, holders: Lists = NO_LISTS) -> bytes:
    """The xlsx of a service in one language, with the departments of the directory to pick from.

    `holders` are those whom somebody may charge, by the `choices` of the questions for an account.

    Every file that is made is a batch of its own, in which each row is sent once.
    """
    layout = layout_of(service, language)
    writer = _Writer(service, language, layout, directory, holders)
    facts = {"service": service.settings.id, "version": service.sha256, "language": language, "batch": new_id()}
    extras = Extras(
        lists={key: writer.lists[key].shown for key in writer.used},
        lists_title=(CHOICES, _TITLES[language][CHOICES]),
        help=list(_help(service, layout)),
        help_title=(HELP, _TITLES[language][HELP]),
        facts=facts,
        facts_title=(FACTS, _TITLES[language][FACTS]),
    )
    return blank_workbook(writer.sheets, extras, rows=4 * MOST_CASES)


class _Writer:
    """The sheets of a layout; `used` are the lists that their drop-downs name, in order."""

    def __init__(
        self, service: Service, language: str, layout: Layout, directory: Directory | None, holders: Lists
    ) -> None:
        self._service = service
        self._language = language
        self._labels = labels(service.survey.children if service.survey else (), language)
        self.lists = options_of(service.survey, language, holders) if service.survey else {}
        self.lists[_YES_NO] = Options([(word, (word,)) for word in _YES_AND_NO[language]])
        if directory is not None:
            self.lists[_DEPARTMENTS] = Options.of_departments(directory, language)
        self.used: dict[str, None] = {}
        self.sheets = [self._sheet(plan, layout.plans) for plan in layout.plans]

    def _say(self, key: str, **facts: str) -> str:
        return _WORDS[key][self._language == "en"].format(**facts)

    def _sheet(self, plan: Plan, plans: Sequence[Plan]) -> BlankSheet:
        columns = [self._fixed(name, plan, plans) for name in plan.first]
        columns += [self._question(field) for field in plan.questions]
        if not plan.repeats:
            columns.append(self._fixed(RESULT, plan, plans))
        numbered = _NUMBERED if plan.keyed and not plan.repeats else 0
        return BlankSheet(title=plan.title, columns=columns, numbers=KEY if numbered else "", numbered=numbered)

    def _fixed(self, name: str, plan: Plan, plans: Sequence[Plan]) -> BlankColumn:
        kind = name.partition(":")[0]
        above = next(one.title for one in plans if one.repeats == plan.repeats[:-1])
        note = self._say({RESULT: "result", KEY: "key", PARENT: "parent"}[kind], sheet=above)
        label = FIXED[kind][self._language == "en"]
        tone: Tone = "platform" if kind == RESULT else "needed"
        return BlankColumn(name=name, label=label, note=note, tone=tone, width=20 if kind == RESULT else 12)

    def _question(self, field: Field) -> BlankColumn:
        options = self._options(field)
        known = _PART_SHAPES.get(part_of(field)) or _TYPE_SHAPES.get(field.type)
        number_format, check = known or _SHAPES.get(field.kind, ("@", None))
        if options:
            self.used[options] = None
            number_format, check = "@", None
        label = label_of(field, self._language)
        longest = max(map(len, [label, *(self.lists[options].shown[:50] if options else ())]))
        tone: Tone = "open" if field.required is None else "sometimes"
        if always(field.required) and field.relevant is None:
            tone, label = "needed", f"{label} *"
        return BlankColumn(
            name=field.name,
            label=label,
            note="\n".join(self._notes(field, options)),
            tone=tone,
            number_format=number_format,
            check=check,
            options="" if field.kind is Kind.LIST else options,
            width=28 if "multiline" in field.appearance.split() else max(12, min(28, 2 * longest + 4)),
        )

    def _options(self, field: Field) -> str:
        """The list of a question's drop-down."""
        if field.choices in self.lists:
            return field.choices
        if field.type == "department" and _DEPARTMENTS in self.lists:
            return _DEPARTMENTS
        return _YES_NO if is_yes_no(field) else ""

    def _notes(self, field: Field, options: str) -> Iterable[str]:
        if hint := self._plain(field.hint.get(self._language)):
            yield hint
        yield self._kind(field, options)
        if always(field.required):
            yield self._say("needed")
        elif field.required is not None:
            yield self._condition("sometimes", field.required)
        if field.relevant is not None:
            yield self._condition("relevant", field.relevant)
        if field.choice_filter is not None:
            yield self._say("filter")
        if field.default is not None or field.prefill is not None:
            yield self._say("default")
        if field.constraint is not None:
            said = self._plain(field.constraint_message.get(self._language))
            yield self._say("rule", rule=said) if said else self._condition("rule", field.constraint)

    def _condition(self, key: str, condition: Expression) -> str:
        """A condition in words; where there are none, that there is one."""
        said = worded(condition, self._service.survey)
        return self._say(key, rule=said.get(self._language)) if said else self._say(f"{key}_unsaid")

    def _kind(self, field: Field, options: str) -> str:
        if options in (_YES_NO, _DEPARTMENTS):
            return self._say("yes_no" if options == _YES_NO else "department")
        if options:
            key = "select_multiple" if field.kind is Kind.LIST else "select_one"
            return self._say(key, sheet=_TITLES[self._language][CHOICES])
        known = part_of(field) or (field.type if field.type in _WORDS else str(field.kind))
        return self._say(known if known in _WORDS else "text")

    def _plain(self, text: str) -> str:
        """A text for people: labels for the names of questions."""
        return filled(text, lambda name: f"“{self._labels.get(name, name)}”")


def _help(service: Service, layout: Layout) -> Iterable[tuple[str, str]]:
    """The page of help, a line in Chinese and the same in English."""
    title = service.settings.title
    yield f"用 Excel 填写“{title.get('zh')}”", f"Filling in “{title.get('en')}” by Excel"
    yield (
        f"从第 3 行起填写，一行一件，最多 {MOST_CASES} 件。填好后在服务的填报页上传；平台先检查每一行，确认后才提交。",
        (
            f"Fill in rows from row 3 on, one case a row, {MOST_CASES} at most. Upload the file on the form of the service; "
            "every row is checked first, and nothing is sent before you confirm."
        ),
    )
    yield (
        "深色标题为必填，浅橙色标题为有时必填；把鼠标停在标题上看填写要求。有下拉列表的，可以选，也可以填选项名称。",
        (
            "Dark headings are required, pale orange ones sometimes; point at a heading to see what it asks for. Where there is a "
            "list, pick from it or write the name of a choice."
        ),
    )
    yield (
        "可以调整列的顺序、加自己的列（不会提交）。请不要删除隐藏的第一行。",
        "Columns may be moved, and own columns added (they are not sent). Please keep the hidden first row.",
    )
    yield (
        "有问题的行不会提交：下载标出问题的副本，改好再上传，已经提交的行不会重复提交。办另一批请另下载模板。",
        (
            "Rows with faults are not sent: download the marked copy, mend them and upload it again; rows that were sent are not "
            "sent twice. Take a new template for another batch."
        ),
    )
    if len(layout.plans) > 1:
        zh, en = ("、".join(_titles(service, layout, language)) for language in ("zh", "en"))
        yield (
            f"明细（{zh}）各有一张表，每行一条，第一列填所属那一行的编号。",
            f"Details ({en}) have a sheet each, one a row; the first column names the row that they belong to.",
        )
    for items, zh, en in (
        (
            layout.attached,
            "附件不在模板里，要附文件的请在网页表单填写",
            "Files are not part of it; attach them in the form",
        ),
        (layout.given, "系统给出、不用填写的", "Given by the platform, not filled in"),
    ):
        if items:
            yield (
                f"{zh}：{'、'.join(label_of(item, 'zh') for item in items)}。",
                f"{en}: {', '.join(label_of(item, 'en') for item in items)}.",
            )


def _titles(service: Service, layout: Layout, language: str) -> list[str]:
    names = labels(service.survey.children if service.survey else (), language)
    return [names[plan.repeats[-1]] for plan in layout.plans if plan.repeats]
