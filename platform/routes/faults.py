"""The catalogue of faults in routes (codes `ROUTE-…`), and what is wrong with a move."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault


class FlowError(Exception):
    """A move that the route does not allow."""


class NoSuchTask(FlowError):
    """The person has no open task at the step: somebody else was faster, or it was never hers."""

    def __init__(self, step: str, person: str) -> None:
        super().__init__(f"{person} has no open task at step {step or '(none)'}.")


class NotAllowedHere(FlowError):
    """The step knows no such action."""

    def __init__(self, step: str, action: str) -> None:
        super().__init__(f"Step {step} does not take the action {action}.")


class NotEligible(FlowError):
    """The person may not act at the step: unknown, kept away by the route, or asked there already."""

    def __init__(self, step: str, person: str, why: str) -> None:
        super().__init__(f"{person} may not act at step {step}: {why}.")
        self.person = person
        self.why = why


class NotReturnable(FlowError):
    """The step may not return to this target now."""

    def __init__(self, step: str, target: str) -> None:
        super().__init__(f"Step {step} cannot return to “{target}”.")


class NotReturned(FlowError):
    """Only a returned case can be sent again."""

    def __init__(self) -> None:
        super().__init__("The case was not returned to its initiator.")


UNKNOWN_WORD = fault(
    "ROUTE-001",
    Severity.ERROR,
    "“{text}”在“{column}”列中不认识。可以写：{known}。",
    "“{text}” means nothing in the column “{column_en}”, which takes {known}.",
    do_zh="改用标准的词。",
    do_en="Use a standard word.",
)
BAD_THRESHOLD = fault(
    "ROUTE-002",
    Severity.ERROR,
    "方式“{text}”里的数不对。",
    "The mode “{text}” holds no fitting number.",
    do_zh="按这个样子写：{example}。票签写不超过 1 的分数或百分数，人数写整数。",
    do_en="Write it like {example}: a ratio is a part of 1 or a percentage, a number of people is whole.",
)
NO_ID = fault(
    "ROUTE-004",
    Severity.ERROR,
    "这个环节没有环节号或名称。",
    "The step has no number or no name.",
    do_zh="填写环节号（如 20、40.1）和环节名称。",
    do_en="Give it a number (such as 20 or 40.1) and a name.",
)
DUPLICATE_STEP = fault(
    "ROUTE-005",
    Severity.ERROR,
    "环节号“{step}”用了两次。",
    "The step number “{step}” is used twice.",
    do_zh="改用另一个环节号。",
    do_en="Give one of them another number.",
)
NO_WHO = fault(
    "ROUTE-006",
    Severity.ERROR,
    "环节“{step}”没有办理人。",
    "Nobody is asked at step “{step}”.",
    do_zh="填写办理人，或把方式改为“自动”。",
    do_en="Fill in the people to ask, or make the mode `auto`.",
)
SPLIT_GROUP = fault(
    "ROUTE-007",
    Severity.ERROR,
    "并行组“{group}”的各行没有挨在一起。",
    "The rows of the group “{group}” do not stand together.",
    do_zh="把同一并行组的行移到一起，或改用另一个组名。",
    do_en="Move the rows of a group together, or name the group differently.",
)
BAD_BACK = fault(
    "ROUTE-008",
    Severity.ERROR,
    "环节“{step}”不能退回到“{target}”：它不是前面的环节。",
    "Step “{step}” cannot return to “{target}”, which is not an earlier step.",
    do_zh="写发起人、上一步、任意，或前面环节的环节号。",
    do_en="Write initiator, previous, any, or the number of an earlier step.",
)
DIFFER_BESIDE = fault(
    "ROUTE-015",
    Severity.ERROR,
    "环节 {step} 要求不同于并行的环节 {other}：两边同时办理，分不开人。",
    "Step {step} must differ from step {other} beside it: both are asked at once, so the people cannot be kept apart.",
    do_zh="把其中一个环节移到前面，或从“不同于”里去掉它。",
    do_en="Move one of the steps before the other, or take it out of `differ`.",
)
UNKNOWN_STEP = fault(
    "ROUTE-009",
    Severity.ERROR,
    "“{name}”既不是环节号，也不是表单里的字段。",
    "“{name}” is neither a step nor a field of the form.",
    do_zh="改正名称。",
    do_en="Correct the name.",
)
UNKNOWN_FORM_FIELD = fault(
    "ROUTE-010",
    Severity.ERROR,
    "表单里没有字段或分组“{name}”。",
    "The form has no field or group “{name}”.",
    do_zh="改正名称，或在表单中加上它。",
    do_en="Correct the name, or add it to the survey sheet.",
)
REQUIRED_BUT_HIDDEN = fault(
    "ROUTE-011",
    Severity.ERROR,
    "字段“{name}”在环节“{step}”必填，却又被隐藏。",
    "The field “{name}” is required at step “{step}”, and hidden there.",
    do_zh="从“隐藏”列删去它，或不要求必填。",
    do_en="Take it out of the hide column or out of the require column.",
)
REQUIRED_BUT_READ_ONLY = fault(
    "ROUTE-012",
    Severity.ERROR,
    "字段“{name}”在环节“{step}”必填，却不可编辑。",
    "The field “{name}” is required at step “{step}”, but may not be edited there.",
    do_zh="把它加到“可编辑”列。",
    do_en="Add it to the edit column.",
)
NOBODY_DECIDES = fault(
    "ROUTE-013",
    Severity.WARNING,
    "{example}时走 {path}：没有人审批就办结。",
    "With {example_en}, the case goes {path} and ends with nobody having decided.",
    do_zh="至少保留一个没有条件的审批环节，或确认这正是您要的。",
    do_en="Keep one deciding step without a condition, or make sure that this is what you want.",
)
MIXED_JOIN = fault(
    "ROUTE-014",
    Severity.ERROR,
    "并行组“{group}”的汇聚方式前后不一致。",
    "The rows of the group “{group}” name different joins.",
    do_zh="同一并行组只写一种汇聚方式。",
    do_en="Name one join for the whole group.",
)
SKIPPED_WHEN_EMPTY = fault(
    "ROUTE-016",
    Severity.WARNING,
    "环节 {step} 的进入条件要比较“{name}”，而它可以不填：不填时条件不成立，环节被跳过。",
    "The condition of step {step} compares “{name}”, which may be left empty: then it does not hold and the step is skipped.",
    do_zh="把它设为必填，或用 coalesce(${{{name}}}, …) 写明不填时按多少算。",
    do_en="Make it required, or say with coalesce(${{{name}}}, …) what an empty answer counts as.",
)
TITLE_SHOWS_HIDDEN = fault(
    "ROUTE-017",
    Severity.ERROR,
    "环节 {step} 隐藏了“{name}”，可是办件标题会写出它。",
    "Step {step} hides “{name}”, but the title of the case tells it.",
    do_zh="从“隐藏”列删去它，或在设置的“标题”里不用它。",
    do_en="Take it out of the hide column, or out of `instance_name` in the settings.",
)
NO_ROUTE = fault(
    "ROUTE-018",
    Severity.NOTICE,
    "没有“流程”工作表：提交后立即办结，没有人审批。",
    "There is no route sheet: what is sent is settled at once, and nobody approves it.",
    do_zh="需要审批时，加上“流程”（route）工作表；否则不用处理。",
    do_en="Add a route sheet where somebody should approve; otherwise there is nothing to do.",
)
BULK_ASKS_MORE = fault(
    "ROUTE-019",
    Severity.ERROR,
    "环节 {step} 允许批量办理，可是每一件都要另外填写内容、意见或签名。",
    "Step {step} may be done in bulk, but every case wants something filled in, an opinion or a signature.",
    do_zh="去掉“+批量”，或不要求填写。",
    do_en="Take `+bulk` out, or ask for nothing beside the decision.",
)
JOIN_TOO_HIGH = fault(
    "ROUTE-020",
    Severity.ERROR,
    "并行组“{group}”要等 {need} 支完成，可是它只有 {branches} 支。",
    "The group “{group}” waits for {need} branches, but has only {branches}.",
    do_zh="减小括号里的数，或写“全部”。",
    do_en="Make the number smaller, or write `all`.",
)
LONE_BRANCH = fault(
    "ROUTE-021",
    Severity.WARNING,
    "并行组“{group}”只有一支：{steps} 是同一支里先后办的环节，不会同时办。",
    "The group “{group}” has one branch only: {steps} come one after another in it, not side by side.",
    do_zh="要同时办，环节号写成 31、32、33；只是先后办的，不用写并行组。",
    do_en="To run side by side, number the steps 31, 32, 33; steps that follow one another need no group.",
)
NOBODY_ACTS = fault(
    "ROUTE-022",
    Severity.WARNING,
    "{example}时走 {path}：没有人审批，也没有人办理，提交后全由系统办结。",
    "With {example_en}, the case goes {path}: nobody decides and nobody does anything, the system settles it all.",
    do_zh="需要人把关时，加一个审批环节；本来就由系统办的，不用处理。",
    do_en="Add a deciding step where somebody should look; where the system is meant to do it all, there is nothing to do.",
)
SKIPPED_WITHOUT_PERSON = fault(
    "ROUTE-023",
    Severity.WARNING,
    "{example}时走 {path}，其中审批环节 {steps} 在“{names}”不填时跳过：没有人审批就办结。",
    "With {example_en}, the case goes {path}, where the deciding steps {steps} are skipped if “{names}” is empty: then it ends "
    "with nobody having decided.",
    do_zh="把它设为必填，或“无人时”不写跳过。",
    do_en="Make it required, or let `empty` say something other than skip.",
)
NOBODY_LEFT = fault(
    "ROUTE-024",
    Severity.WARNING,
    "环节 {step} 不同于环节 {other}，可是两处都只有同一个人（{who}）可请：到这里没有别人，按“无人时”办理。",
    "Step {step} must differ from step {other}, but both have the same one person to ask ({who}): nobody else is left here, and "
    "the step falls to what its `empty` column says.",
    do_zh="给其中一个环节换人，或从“不同于”删去 {other}。",
    do_en="Let one of the steps ask somebody else, or take {other} out of `differ`.",
)
KEEPS_OUT_ITS_OWN = fault(
    "ROUTE-025",
    Severity.ERROR,
    "环节 {step} 只请发起人，却又写了“{what}”，不许她办理。",
    "Step {step} asks the initiator and nobody else, but keeps her out by “{what_en}”.",
    do_zh="删去“{what}”，或请别的人办理。",
    do_en="Take it out, or let the step ask somebody else.",
)
DIFFER_NO_PERSON = fault(
    "ROUTE-026",
    Severity.ERROR,
    "“不同于”里的字段“{name}”填的不是人，挡不住任何人。",
    "The field “{name}” in `differ` holds no person, so that it keeps nobody out.",
    do_zh="改用人员字段（person）、环节号或“发起人”。",
    do_en="Name a field of the type person, a step, or the initiator.",
)
NEVER_FILLED = fault(
    "ROUTE-027",
    Severity.WARNING,
    "字段“{name}”必填，可是在申请环节 {step} 被隐藏，后面也没有环节填写它：它总是空的。",
    "The field “{name}” is required, but hidden at the applicant's step {step}, and no later step fills it in: it always stays empty.",
    do_zh="从“隐藏”删去它，或写进后面某个环节的“可编辑”和“必填”。",
    do_en="Take it out of the hide column, or write it into `edit` and `require` of a later step.",
)
TWO_WORDS = fault(
    "ROUTE-028",
    Severity.ERROR,
    "“{column}”列里的“{first}”和“{second}”互相矛盾，只能写一个。",
    "“{first}” and “{second}” in the column “{column_en}” exclude one another.",
    do_zh="删去其中一个。",
    do_en="Take one of them out.",
)
EDITED_BUT_HIDDEN = fault(
    "ROUTE-029",
    Severity.ERROR,
    "“{name}”在环节 {step} 可编辑，却又被隐藏。",
    "“{name}” may be edited at step {step}, and is hidden there.",
    do_zh="从“隐藏”列或“可编辑”列删去它。",
    do_en="Take it out of the hide column or out of the edit column.",
)
COMPUTED_NOT_FILLED = fault(
    "ROUTE-037",
    Severity.ERROR,
    "“{name}”由系统计算，环节 {step} 不能填写它。",
    "“{name}” is computed, so that step {step} cannot fill it in.",
    do_zh="从“可编辑”和“必填”列删去它，改写它所用的字段。",
    do_en="Take it out of `edit` and `require`, and name the fields that it is computed from.",
)
NO_STEP_TO_ASK = fault(
    "ROUTE-038",
    Severity.ERROR,
    "环节 {step} 要请环节 {other} 的办理人，可是没有环节 {other}。",
    "Step {step} asks whoever did step {other}, but there is no step {other}.",
    do_zh="改正环节号。",
    do_en="Correct the number.",
)
STEP_ASKED_LATER = fault(
    "ROUTE-039",
    Severity.ERROR,
    "环节 {step} 要请环节 {other} 的办理人，可是环节 {other} 不在它前面：那时还没有人办过。",
    "Step {step} asks whoever did step {other}, which does not come before it: nobody has done it by then.",
    do_zh="改为前面的环节，或把环节 {other} 移到前面。",
    do_en="Name an earlier step, or move step {other} before this one.",
)
MISSING_DUE_KEYS = fault(
    "ROUTE-053",
    Severity.NOTICE,
    "数据表“{table}”里没有“{field}”的这些选项：{keys}。选了它们时没有时限。",
    "The data sheet “{table}” has no rows for these choices of “{field}”: {keys}. With them there is no deadline.",
    do_zh="给每个选项加一行；本来就不限时的，不用处理。",
    do_en="Add a row for each; where none is needed, there is nothing to do.",
)
SEEN_BEFORE = fault(
    "ROUTE-054",
    Severity.WARNING,
    "环节 {step} 隐藏“{name}”，可是它请的人在环节 {other} 已经看到了。",
    "Step {step} hides “{name}”, but the people whom it asks have seen it at step {other}.",
    do_zh="在环节 {other} 也隐藏它，或请别的人。",
    do_en="Hide it at step {other} too, or ask other people.",
)
COPIED_OPENLY = fault(
    "ROUTE-055",
    Severity.WARNING,
    "环节 {step} 隐藏“{name}”，可是“{copy}”的默认值取自它，没有隐藏。",
    "Step {step} hides “{name}”, but “{copy}” begins with what is answered there, and is not hidden.",
    do_zh="把“{copy}”也写进“隐藏”。由它计算的字段不用写，会一起隐藏。",
    do_en="Hide “{copy}” as well. What is computed from it need not be named: it is hidden too.",
)
BAD_DUE = fault(
    "ROUTE-040",
    Severity.ERROR,
    "时限“{text}”看不懂。",
    "The deadline “{text}” cannot be read.",
    do_zh="按这些样子写：2工作日、3天、4小时、30分钟、4工作小时、表:维修时限[类别]、字段:需求日期-1天；数字用整数。",
    do_en="Write it like: 2 working days, 3 days, 4 hours, 30 minutes, 4 working hours, table:repairs[kind], "
    "field:needed_on - 1 day; numbers are whole.",
)
BAD_OVERDUE = fault(
    "ROUTE-041",
    Severity.ERROR,
    "超时“{text}”看不懂。",
    "What happens when time is over, “{text}”, cannot be read.",
    do_zh="按这个样子写：80%提醒;100%催办;150%转上级;200%抄送:角色:校办.秘书。抄送要写给谁，其余的不写人。",
    do_en="Write it like: 80% remind; 100% urge; 150% escalate; 200% copy: role:Office.clerk. A copy names people, "
    "nothing else does.",
)
UNKNOWN_DUE_TABLE = fault(
    "ROUTE-042",
    Severity.ERROR,
    "时限要查数据表“{name}”，可是没有这个表，或表里看不出哪一列是时限。",
    "The deadline looks up the data sheet “{name}”, which is not there, or has no column that is plainly the deadline.",
    do_zh="改正表名；表里有几列时写明用哪一列：表:维修时限.响应时限[类别]。",
    do_en="Correct the name; where the sheet has several columns, name one: table:repairs.response[kind].",
)
BAD_DUE_IN_TABLE = fault(
    "ROUTE-043",
    Severity.ERROR,
    "环节 {step} 的时限要用这一格，可是“{text}”不是时限。",
    "The deadline of step {step} is looked up here, but “{text}” is none.",
    do_zh="写成 2工作日、3天、4小时、30分钟这样。",
    do_en="Write it like 2 working days, 3 days, 4 hours or 30 minutes.",
)
UNKNOWN_DUE_FIELD = fault(
    "ROUTE-044",
    Severity.ERROR,
    "时限用到的字段“{name}”不在表单里。",
    "The form has no field “{name}” to take the deadline from.",
    do_zh="改正名称。",
    do_en="Correct the name.",
)
DUE_FIELD_NO_DATE = fault(
    "ROUTE-045",
    Severity.ERROR,
    "时限要用字段“{name}”的日期，可是它不是日期。",
    "The deadline takes the date of the field “{name}”, which is no date.",
    do_zh="改用日期或日期时间字段。",
    do_en="Name a field that is a date, or a date with a time.",
)
AUTO_PASS_ASKS_MORE = fault(
    "ROUTE-046",
    Severity.ERROR,
    "环节 {step} 到时自动通过，可是它必须有人填写内容、意见或签名。",
    "Step {step} passes by itself when time is over, but requires something filled in, an opinion or a signature.",
    do_zh="改为转上级或自动退回，或不要求填写。",
    do_en="Let it escalate or return instead, or ask for nothing beside the decision.",
)
DECIDES_TOO_EARLY = fault(
    "ROUTE-047",
    Severity.ERROR,
    "环节 {step} 在 {percent}% 就由系统代为决定：时限还没有到。",
    "Step {step} is decided by the platform at {percent} %, before its time is over.",
    do_zh="自动通过、自动退回、自动拒绝写 100% 或更大。",
    do_en="Let it pass, return or refuse by itself at 100 % or later.",
)
OVERDUE_WITHOUT_DUE = fault(
    "ROUTE-048",
    Severity.WARNING,
    "环节 {step} 写了超时，可是没有时限：什么也不会发生。",
    "Step {step} says what happens when time is over, but has no deadline: nothing will happen.",
    do_zh="写上时限，或在设置里写默认时限。",
    do_en="Give it a deadline, or give the service one in the settings (`due`).",
)
DUE_WITHOUT_EFFECT = fault(
    "ROUTE-049",
    Severity.WARNING,
    "环节 {step} 不等人办理，时限不起作用。",
    "Step {step} waits for nobody, so its deadline has no effect.",
    do_zh="删去时限，或改用要人办理的方式。",
    do_en="Delete the deadline, or use a mode that asks people.",
)
DO_CANNOT_REFUSE = fault(
    "ROUTE-050",
    Severity.ERROR,
    "环节 {step} 只办理、不表态，不能自动拒绝。",
    "Step {step} does something and decides nothing, so it cannot refuse by itself.",
    do_zh="改为自动退回、转上级，或改用表态的方式。",
    do_en="Let it return or escalate instead, or use a mode that decides.",
)
SUM_OF_DEADLINES = fault(
    "ROUTE-051",
    Severity.NOTICE,
    "时限合计：最长的一条路是 {path}，共 {sum}。",
    "The deadlines add up to {sum_en} on the longest path, {path}.",
    do_zh="与承诺时限核对；不用处理。",
    do_en="Compare it with what the service promises; there is nothing to do.",
)
DUE_KEY_OF_SEVERAL = fault(
    "ROUTE-052",
    Severity.ERROR,
    "时限按字段“{name}”查表，可是它会有好几个值（多选或明细）。",
    "The deadline is looked up by the field “{name}”, which has several values (choices, or rows).",
    do_zh="改用只有一个值的字段，或加一个计算字段选出一个。",
    do_en="Name a field that has one value, or calculate one from it.",
)
MAY_WAIT_FOR_EVER = fault(
    "ROUTE-030",
    Severity.WARNING,
    "办件可能永远停在环节 {step}：外部系统没有办成时，没有管理员可以接手。",
    "A case may wait at step {step} for ever: when the other system fails, there is no administrator to help.",
    do_zh="在组织表里给一个人管理员角色（administrator）。",
    do_en="Give somebody the role administrator in the organisation workbook.",
)
ALWAYS_CUT_OFF = fault(
    "ROUTE-031",
    Severity.WARNING,
    "环节 {step} 永远轮不到：并行组“{group}”的其他支不等人就完成，它总是被略过。",
    "Step {step} is never reached: other branches of the group “{group}” are through at once, so that it is always cut off.",
    do_zh="把自动环节移出这个组，或把汇聚方式改为“全部”。",
    do_en="Take the automatic steps out of the group, or let the group wait for all branches.",
)
NEVER_ENTERED = fault(
    "ROUTE-032",
    Severity.WARNING,
    "环节 {step} 永远轮不到：表单允许填的、规则能给出的值都不满足它的进入条件。",
    "Step {step} is never reached: no value that the form takes or the rules give makes its condition hold.",
    do_zh="改正条件里的值，或放宽字段的限制；不需要就删去这个环节。",
    do_en="Correct the value in the condition or the constraint of the field, or remove the step.",
)
ONE_DECIDES_ALONE = fault(
    "ROUTE-033",
    Severity.NOTICE,
    "{example}时走 {path}，其中环节 {earlier}、{step} 都可以由同一人决定：{who}。",
    "With {example_en}, the case goes {path}, where one person may decide steps {earlier} and {step}: {who}.",
    do_zh="要两个人把关时，在环节 {step} 的“不同于”里写 {earlier}；否则不用处理。",
    do_en="Where two are meant to look, write {earlier} into `differ` of step {step}; otherwise there is nothing to do.",
)
KNOWN_LATER = fault(
    "ROUTE-034",
    Severity.WARNING,
    "环节 {step} 的进入条件要看“{name}”，可是它到环节 {later} 才填写。",
    "The condition of step {step} reads “{name}”, which is only filled in at step {later}.",
    do_zh="在更前面的环节填写它，或把这个环节移到环节 {later} 之后。",
    do_en="Have it filled in at an earlier step, or move this step behind step {later}.",
)
NEVER_DONE_BY_HAND = fault(
    "ROUTE-035",
    Severity.WARNING,
    "环节 {step} 不可能退回到“{target}”：那里由系统办理，没有人可退。",
    "Step {step} can never return to “{target}”: the system does that step, so nobody is there to return to.",
    do_zh="改写由人办理的环节，或删去它。",
    do_en="Name a step that people do, or take it out.",
)
TOO_FEW_VOTES = fault(
    "ROUTE-036",
    Severity.WARNING,
    "环节 {step} 要{wanted}票，可是现在的办理人一共只有 {there} 票。",
    "Step {step} wants a vote of {wanted_en}, but the people it asks have only {there} today.",
    do_zh="减少票数，或增加担任角色的人。",
    do_en="Ask for less, or let more people hold the role.",
)
UNKNOWN_HOOK = fault(
    "ROUTE-070",
    Severity.ERROR,
    "“通过后”里的“{text}”不认识。可以写：{known}。",
    "“{text}” means nothing in the column `do`, which takes {known}.",
    do_zh="改用标准的词，几个动作之间用分号隔开。",
    do_en="Use a standard word; separate actions with semicolons.",
)
BAD_HOOK = fault(
    "ROUTE-071",
    Severity.ERROR,
    "“通过后”里的“{text}”读不懂。",
    "“{text}” in the column `do` cannot be read.",
    do_zh="按这个样子写：{example}。",
    do_en="Write it like {example}.",
)
BAD_HOOK_NUMBER = fault(
    "ROUTE-072",
    Severity.ERROR,
    "编号规则“{pattern}”不对：{why}。",
    "The number rule “{pattern}” is wrong: {why_en}.",
    do_zh="可以用 {{yyyy}} {{yy}} {{mm}} {{dd}} 和一个流水号（如 {{0001}}），例如 LX{{yyyy}}{{0001}}。",
    do_en="It takes {{yyyy}} {{yy}} {{mm}} {{dd}} and one counter such as {{0001}}: LX{{yyyy}}{{0001}}.",
)
BAD_OPEN_PART = fault(
    "ROUTE-073",
    Severity.ERROR,
    "开别的事项时，“{text}”读不懂。",
    "“{text}” cannot be read where another service is opened.",
    do_zh="括号里写“字段=表达式”，逐行开写“每行 明细”，替别人申请写“代 字段:保管人”，用逗号隔开。",
    do_en="The brackets take `field=expression`, `each <repeat>` and `for <who>`, separated by commas.",
)
UNKNOWN_SERVICE = fault(
    "ROUTE-074",
    Severity.ERROR,
    "没有编号为“{name}”的服务可开。",
    "There is no service “{name}” to open.",
    do_zh="写已经发布的服务的编号（设置里的 form_id）；要开新的服务，先发布它。",
    do_en="Give the id (`form_id`) of a published service; publish a new one first.",
)
UNKNOWN_TARGET = fault(
    "ROUTE-075",
    Severity.ERROR,
    "服务“{service}”没有“{name}”这个字段。",
    "The service “{service}” has no field “{name}”.",
    do_zh="写那个服务表单里的字段名称。",
    do_en="Give the name of a field of that service's form.",
)
TARGET_NOT_FILLED_IN = fault(
    "ROUTE-076",
    Severity.ERROR,
    "不能填“{name}”：{why}。",
    "“{name}” cannot be filled: {why_en}.",
    do_zh="换一个由人填写的字段，或删去它。",
    do_en="Use a field that people fill in, or take it out.",
)
TARGET_KIND = fault(
    "ROUTE-077",
    Severity.ERROR,
    "“{name}”要填{wanted}，可是这里给的是{given}。",
    "“{name}” takes a {wanted_en}, but is given a {given_en}.",
    do_zh="改用同一种值的字段，或在表达式里转换。",
    do_en="Use a field of that kind, or convert it in the expression.",
)
UNKNOWN_ROWS = fault(
    "ROUTE-078",
    Severity.ERROR,
    "“每行”要写表单里最外层的明细，“{name}”不是。",
    "`each` takes a repeat of the form that stands in no other, which “{name}” is not.",
    do_zh="写 survey 表里 begin_repeat 那一行的名称。",
    do_en="Give the name of the row `begin_repeat` in the survey sheet.",
)
OPEN_CIRCLE = fault(
    "ROUTE-079",
    Severity.ERROR,
    "服务互相开，会没完没了：{path}。",
    "Services open one another without end: {path}.",
    do_zh="去掉这一圈里的一个“开”。",
    do_en="Take one `open` out of the circle.",
)
NOTHING_TO_WAIT_FOR = fault(
    "ROUTE-080",
    Severity.ERROR,
    "环节 {step} 等待开出的事项，可是它前面没有环节开任何事项。",
    "Step {step} waits for opened cases, but no step before it opens any.",
    do_zh="在前面一个环节的“通过后”写“开:服务编号(…)”，或改用别的方式。",
    do_en="Write `open:<service>(…)` into `do` of an earlier step, or use another mode.",
)
LEFT_OUT = fault(
    "ROUTE-081",
    Severity.WARNING,
    "服务“{service}”的必填字段没有填：{names}。没有默认值的话，开不出来。",
    "Required fields of the service “{service}” are not filled: {names}. Without a default it cannot be opened.",
    do_zh="在括号里补上“字段=表达式”。",
    do_en="Add `field=expression` to the brackets.",
)
HOOK_NEVER_PASSED = fault(
    "ROUTE-082",
    Severity.ERROR,
    "条件要看环节 {opener} 开出的事项，可是环节 {step} 不在它的后面。",
    "The condition reads the cases that step {opener} opens, but step {step} is not behind it.",
    do_zh="把这个环节移到后面，或改条件。",
    do_en="Move the step behind it, or change the condition.",
)
CHOSEN_PEOPLE = fault(
    "ROUTE-083",
    Severity.ERROR,
    "服务“{service}”的流程要申请人自选办理人，系统不能替她选。",
    "The route of the service “{service}” lets the applicant choose people, which the platform cannot do for her.",
    do_zh="请那个服务改用角色或数据表，或不要自动开。",
    do_en="Have that service use a role or a data sheet instead, or do not open it automatically.",
)
TYPED_BY_OTHERS = fault(
    "ROUTE-084",
    Severity.WARNING,
    "“{name}”由系统填写，可是申请人也能填。",
    "“{name}” is filled in by the platform, but the applicant can fill it in too.",
    do_zh="在申请环节的“隐藏”里写上它，或在表单里设为只读。",
    do_en="Hide it at the applicant's step, or make it read-only in the form.",
)
NESTED_ROWS = fault(
    "ROUTE-085",
    Severity.ERROR,
    "“{name}”在这一行里面的明细里，一行有好几个值。",
    "“{name}” stands in a repeat inside the row, so that a row has several of it.",
    do_zh="在外层明细里加一个计算字段（如 sum(…)），用它来填。",
    do_en="Add a calculation to the outer repeat, such as `sum(…)`, and fill the field from that.",
)
WEIGHTS_UNUSED = fault(
    "ROUTE-086",
    Severity.WARNING,
    "环节 {step} 给“{text}”写了权重，可是方式不是“权重”，权重不起作用。",
    "Step {step} gives “{text_en}” a weight, but its mode does not weigh votes, so that it counts as one.",
    do_zh="方式改写“权重 >50%”之类，或去掉“×”和后面的数。",
    do_en="Write a mode such as `weight >50%`, or take the weight out.",
)
