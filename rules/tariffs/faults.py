"""The catalogue of faults of tariffs (codes `FEE-…`).

00x the sheet, 02x brackets, 03x names, 04x sharing, 05x billing periods and seasons, 06x carrying over, 07x and 08x a run.
"""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

NO_HEADER = fault(
    "FEE-001",
    Severity.ERROR,
    "这张收费表是空的。",
    "This tariff is empty.",
    do_zh="第一行写表头：项目 | 计量 | 起 | 止 | 单价 | 方式。",
    do_en="Begin with a header row: item | quantity | from | to | rate | method.",
)
NO_LINES = fault(
    "FEE-002",
    Severity.WARNING,
    "这张收费表还没有任何收费行。",
    "This tariff has no lines yet.",
    do_zh="在表头下面填写收费项目。",
    do_en="Write lines below the header.",
)
BOUND_WITH_SIGN = fault(
    "FEE-046",
    Severity.ERROR,
    "“{text}”带着比较符号；“起”“止”只写数字。",
    "“{text}” has a sign; `from` and `to` take the number alone.",
    do_zh="写成 {number}：每一档都是大于“起”、不超过“止”。",
    do_en="Write {number}: a bracket is more than `from`, and not more than `to`.",
)
NO_ITEM = fault(
    "FEE-003",
    Severity.ERROR,
    "第 {row} 行没有写项目。",
    "Row {row} names no item.",
    do_zh="写上项目名称；同一项目的各档可以重复写，也可以合并单元格。",
    do_en="Write the item; the brackets of one item repeat its name or share a merged cell.",
)
UNKNOWN_METHOD = fault(
    "FEE-004",
    Severity.ERROR,
    "不认识的计费方式“{word}”。",
    "Unknown method “{word}”.",
    do_zh="可用：阶梯、全额、单价、定额、比例、减免、合计。",
    do_en="Use marginal, whole, flat, fixed, percent, credit or total.",
)
NO_METHOD = fault(
    "FEE-005",
    Severity.ERROR,
    "第 {row} 行有起止数量，却没有写计费方式：“阶梯”是各档各算，“全额”是全部按所在档算。",
    "Row {row} has a bracket but no method: `marginal` prices each slice, `whole` prices all of the quantity.",
    do_zh="在“方式”列写明。",
    do_en="State it in the column method.",
)
UNKNOWN_ROUND = fault(
    "FEE-006",
    Severity.ERROR,
    "读不懂取整方式“{word}”。",
    "The rounding “{word}” cannot be read.",
    do_zh="写成“0.01 四舍五入”“10 舍去”“1 进一”“0.01 四舍六入五成双”“0.1 五舍六入”“1 上取整”“1 下取整”或“不取整”。",
    do_en="Write `0.01 half-up`, `0.1 half-down`, `1 half-even`, `10 down`, `1 up`, `1 ceiling`, `1 floor` or `none`.",
)
BARE_UNIT = fault(
    "FEE-036",
    Severity.WARNING,
    "取整“{word}”的意思是取 {word} 的倍数，不是保留 {word} 位小数。",
    "The rounding `{word}` means multiples of {word}, not {word} decimals.",
    do_zh="保留两位小数写 0.01；确实要取 {word} 的倍数，请写明方式，例如“{word} 四舍五入”。",
    do_en="For two decimals write 0.01; if multiples of {word} are meant, say how: `{word} half-up`.",
)
ITEM_IN_FORMULAS = fault(
    "FEE-037",
    Severity.WARNING,
    "项目“{item}”在公式里会被当成算式，因为其中每一段都是已有的名称。",
    "In formulas the item “{item}” reads as a computation, since every part of it is a name.",
    do_zh="换一个不含运算符号的名称，或在公式里写 ${{{item}}}。",
    do_en="Take a name without signs of computation, or write ${{{item}}} in formulas.",
)
OVER_CREDIT = fault(
    "FEE-038",
    Severity.WARNING,
    "“{item}”减免 {text}，比原来的还多，算出来会是负数。",
    "“{item}” takes {text} off, more than there is; what is left will be negative.",
    do_zh="检查比例；全免写 100%。",
    do_en="Check the percentage; 100% takes all of it off.",
)
OVER_CREDITS = fault(
    "FEE-045",
    Severity.WARNING,
    "到“{item}”为止，对“{of}”的减免合起来是 {percent}%，比原来的还多，算出来会是负数。",
    "Up to “{item}” the credits take {percent} % off “{of}”, more than there is; what is left will be negative.",
    do_zh="检查比例；只会用其中一个的，在“条件”里写明各自什么时候用。",
    do_en="Check the percentages; where only one of them applies, say under `when` which and when.",
)
BLANK_RESULT = fault(
    "FEE-039",
    Severity.WARNING,
    "“{name}”在 {other} 是空的；用到那一行时，这里没有数字，这张账单算不出来。",
    "“{name}” is blank at {other}; where that row applies there is no number here, and the bill cannot be computed.",
    do_zh="在那里写上数字；没有上限的，写一个很大的数。",
    do_en="Write a number there; for no upper limit, a very large one.",
)
PARTED = fault(
    "FEE-044",
    Severity.WARNING,
    "“{item}”的各档计量的不是同一个量：{quantity}（{cell}）和 {other}。",
    "The brackets of “{item}” count different quantities: {quantity} ({cell}) and {other}.",
    do_zh="同一个项目的各档写同一个计量；本来就是两个量的，请用两个项目。",
    do_en="Give all brackets of an item one quantity; where two quantities are meant, make two items of them.",
)
NEVER_MEETS = fault(
    "FEE-043",
    Severity.WARNING,
    "“{item}”的各档接不上：这一档从 {low} 起，下面一档到 {other} 的 {high} 止，换了几组数都不相等。",
    "The brackets of “{item}” do not meet: this one starts at {low}, the one below ends at {high} ({other}), with whatever numbers were tried.",
    do_zh="让这一档的起与下面一档的止是同一个算式。",
    do_en="Let this bracket start with the very formula with which the one below ends.",
)
MISSING_PART = fault(
    "FEE-008",
    Severity.ERROR,
    "第 {row} 行的方式是“{method_zh}”，需要填写“{part_zh}”。",
    "Row {row} has the method “{method}”, which needs {part}.",
    do_zh="填写这一格，或改用别的方式。",
    do_en="Fill in the cell or choose another method.",
)
NEEDLESS_PART = fault(
    "FEE-009",
    Severity.ERROR,
    "方式“{method_zh}”不用“{part_zh}”，这一格却填了内容。",
    "The method “{method}” takes no {part}, but this cell is filled in.",
    do_zh="清空这一格，或改用别的方式。",
    do_en="Clear the cell or choose another method.",
)
UNUSED_QUANTITY = fault(
    "FEE-010",
    Severity.WARNING,
    "“定额”没有起止数量时不看计量：无论多少都收同样的钱。",
    "`fixed` without a bracket does not look at the quantity: the same sum is charged for any quantity.",
    do_zh="若按数量收费，请改为“单价”；否则清空计量。",
    do_en="Use flat to charge by quantity; otherwise clear the quantity.",
)
LARGE_PERCENT = fault(
    "FEE-011",
    Severity.WARNING,
    "比例 {rate} 表示 {percent}%。",
    "The rate {rate} means {percent} %.",
    do_zh="若想收 {rate}%，请写 {rate}% 。",
    do_en="To charge {rate} %, write {rate}%.",
)
BAD_DATE = fault(
    "FEE-012",
    Severity.ERROR,
    "“{text}”不是日期。",
    "“{text}” is no date.",
    do_zh="写成 2026-09-01 这样。",
    do_en="Write it as 2026-09-01.",
)
DATE_ORDER = fault(
    "FEE-013",
    Severity.ERROR,
    "第 {row} 行的失效日期早于生效日期，永远不会生效。",
    "Row {row} ends before it begins; it is never in force.",
    do_zh="改正两个日期；两个日期当天都算在内。每年的季节写“每年11月1日”“每年4月30日”，否则 Excel 会变成今年的日期。",
    do_en="Correct the dates; both days are included. For a season of every year write `yearly 11-01` and `yearly 04-30`: Excel takes 11-01 for a day of this year.",
)
MIXED_TOTAL = fault(
    "FEE-014",
    Severity.ERROR,
    "项目“{item}”既是收费又是合计。",
    "The item “{item}” is both a charge and a total.",
    do_zh="给合计另起一个项目名称。",
    do_en="Give the total an item of its own.",
)
LIMIT_ON_SLICE = fault(
    "FEE-015",
    Severity.WARNING,
    "“{item}”分几档计算，而“最低”“封顶”只管第 {row} 行这一档，不管整个项目。",
    "“{item}” is computed in brackets, and the minimum or maximum of row {row} holds for that bracket alone.",
    do_zh="要限制整个项目，请加一行合计，计量写“{item}”，在那一行写最低或封顶。",
    do_en="To limit the whole item add a total row whose quantity is “{item}”, and write the limit there.",
)
LIMITS_REVERSED = fault(
    "FEE-016",
    Severity.ERROR,
    "“{item}”的最低 {minimum} 大于封顶 {maximum}。",
    "The minimum {minimum} of “{item}” is more than its maximum {maximum}.",
    do_zh="改正“最低”或“封顶”。",
    do_en="Correct the minimum or the maximum.",
)
MIXED_UNITS = fault(
    "FEE-017",
    Severity.ERROR,
    "“{item}”的单位是{unit}，不能与单位是{other}的“{with_item}”相加。",
    "“{item}” is counted in {unit_en} and cannot be added to “{with_item}”, which is counted in {other_en}.",
    do_zh="每种单位各写一行合计，在“计量”里列出同一单位的项目，或留空；最后一个合计就是总额。",
    do_en="Write one total row a unit, and name the items of that unit as its quantity or leave it blank; the last one is the total.",
)
EMPTY_BRACKET = fault(
    "FEE-020",
    Severity.ERROR,
    "这一档从 {low} 到 {high}，里面什么也没有。",
    "This bracket runs from {low} to {high}; nothing lies in it.",
    do_zh="“止”应大于“起”。",
    do_en="`to` must be more than `from`.",
)
BRACKET_OVERLAP = fault(
    "FEE-021",
    Severity.ERROR,
    "“{item}”的两档重叠：{other} 到 {high} 为止，这一档却从 {low} 起。",
    "Two brackets of “{item}” overlap: the one at {other} runs to {high}, this one begins at {low}.",
    do_zh="让上一档的“止”等于下一档的“起”（起点不含、止点含）。",
    do_en="Let one bracket begin where the other ends (`from` is excluded, `to` included).",
)
BRACKET_GAP = fault(
    "FEE-022",
    Severity.ERROR,
    "“{item}”的两档之间有空档：{other} 到 {high} 为止，这一档从 {low} 才起。",
    "There is a gap between two brackets of “{item}”: the one at {other} runs to {high}, this one begins at {low}.",
    do_zh="让上一档的“止”等于下一档的“起”（起点不含、止点含）。",
    do_en="Let one bracket begin where the other ends (`from` is excluded, `to` included).",
)
CLOSED_TOP = fault(
    "FEE-023",
    Severity.WARNING,
    "“{item}”最后一档到 {high} 为止：更大的数量没有价格，账单会报错。",
    "The last bracket of “{item}” ends at {high}: a larger quantity has no price, and the bill will say so.",
    do_zh="把最后一档的“止”留空；若超出部分不收费，请另加一档，单价为 0。",
    do_en="Leave `to` blank in the last bracket; if the excess is free, add a bracket with the rate 0.",
)
HALF_CONDITIONAL = fault(
    "FEE-024",
    Severity.WARNING,
    "“{item}”有的档写了条件，第 {row} 行却没有：空白的条件表示总是收取。",
    "Some brackets of “{item}” have a condition, but row {row} has none: a blank condition means always.",
    do_zh="在每一档都写条件，或合并“条件”单元格。",
    do_en="Repeat the condition in every bracket, or merge its cells.",
)
FREE_BELOW = fault(
    "FEE-025",
    Severity.NOTICE,
    "“{item}”从 {low} 起才收费，{low} 以内不收。",
    "“{item}” is charged from {low} on; up to {low} nothing is.",
    do_zh="本意如此就不必改；否则补上前面一档。",
    do_en="Nothing to do if that is meant; else add the bracket below it.",
)
LATER_ITEM = fault(
    "FEE-030",
    Severity.ERROR,
    "第 {row} 行用到“{item}”，而它在这一行或更下面才算出来（循环或次序颠倒）。",
    "Row {row} uses “{item}”, which is only computed in this row or below it (a circle, or the wrong order).",
    do_zh="把“{item}”移到上面；如果指的是填报的“{item}”，请给项目另起一个名称。",
    do_en="Move “{item}” above this row; if the answer “{item}” is meant, give the item another name.",
)
UNKNOWN_ITEM = fault(
    "FEE-031",
    Severity.ERROR,
    "合计里的“{item}”不是这张表的项目。",
    "The total names “{item}”, which is no item of this tariff.",
    do_zh="写上面已有的项目名称，用顿号隔开；留空则合计上面所有收费项目。",
    do_en="Name items above, with commas between them; leave it blank to add all charge items above.",
)
NEGATIVE_RATE = fault(
    "FEE-018",
    Severity.WARNING,
    "“{item}”的单价 {rate} 是负数：减免会变成加收，其他方式会变成退钱。",
    "The rate {rate} of “{item}” is negative: a credit would add to the bill, any other method would take from it.",
    do_zh="要减钱请把方式写成“减免”，单价写正数。",
    do_en="To take from the bill, use the method `credit` with a rate above 0.",
)
PERCENT_LIMIT = fault(
    "FEE-019",
    Severity.WARNING,
    "“{item}”的最低或封顶写的是 {text}，也就是 {value} 元。",
    "The minimum or maximum of “{item}” is {text}, which is {value} yuan.",
    do_zh="写金额；要按比例，请写算式，例如 里程费 * 50%。",
    do_en="Write an amount; for a part of something write it out, such as mileage * 50%.",
)
OUTSIDE_TOTAL = fault(
    "FEE-032",
    Severity.WARNING,
    "“{item}”不在最后一个合计里，不会计入总额。",
    "“{item}” is not part of the last total.",
    do_zh="在合计的计量里也写上它；在合计下面的，把合计移到最后一行；本来就不计入的，在备注里写“不计入合计”。",
    do_en="Name it in the quantity of the total too; where it stands below, move the total to the last row. Where it is left out on purpose, write `not in the total` under note.",
)
COUNTED_TWICE = fault(
    "FEE-033",
    Severity.ERROR,
    "这个合计把“{item}”算了两次。",
    "This total counts “{item}” twice.",
    do_zh="每个项目只写一次；已经在小计里的项目不要再写。",
    do_en="Name each item once, and no item that is part of a subtotal named here.",
)
PASSED_BY = fault(
    "FEE-034",
    Severity.WARNING,
    "这个合计直接加各收费项目，不经过小计“{item}”：小计的封顶、最低和取整在合计里不起作用。",
    "This total adds the charge items themselves and passes the subtotal “{item}” by: its minimum, maximum and rounding "
    "have no effect on it.",
    do_zh="在合计的“计量”里写明加哪些项目，例如 {names}。",
    do_en="Name under `quantity` what the total adds, such as {names}.",
)
MIXED_LADDER = fault(
    "FEE-026",
    Severity.WARNING,
    "“{item}”的各档方式不同：{other} 是“{method_other_zh}”，这一档是“{method_zh}”；超过下限时，两档会一起收。",
    "The brackets of “{item}” have different methods: {other} is `{method_other}`, this one `{method}`; above its lower bound "
    "both are charged.",
    do_zh="全部用量按所在一档收费，每档都写“全额”；分段收费，每档都写“阶梯”。",
    do_en="Write `whole` in every bracket where all of the quantity has one rate, `marginal` where each slice has its own.",
)
SHARE_ROUNDING = fault(
    "FEE-040",
    Severity.ERROR,
    "要分摊的一行必须先取整到分或更大的单位。",
    "A line that is shared must be rounded to whole fen or a larger unit.",
    do_zh="“取整”留空，或写“0.01 四舍五入”。",
    do_en="Leave `round` blank or write `0.01 half-up`.",
)
SHARED_TWICE = fault(
    "FEE-041",
    Severity.ERROR,
    "“{item}”已经单独分摊，又在合计里分摊了一次。",
    "“{item}” is shared by itself and once more in this total.",
    do_zh="只保留一处分摊。",
    do_en="Keep one of the two.",
)
SHARE_KIND = fault(
    "FEE-042",
    Severity.ERROR,
    "分摊应写人数或名单（明细中的一列），这里得到的是{kind_zh}。",
    "A share is a number of people or a list (a column of a repeat); this is a {kind}.",
    do_zh="写成 4 或 ${{姓名}} 这样。",
    do_en="Write 4 or ${{name}}.",
)
BAD_PRORATE = fault(
    "FEE-050",
    Severity.ERROR,
    "读不懂折算“{text}”。",
    "The proration “{text}” cannot be read.",
    do_zh="写成“按天 计费起..计费止”（两天都算在内）；有起止数量的行写“按天连档 …”或“按天不动档 …”。",
    do_en="Write `days FIRST..LAST` (both days count); with brackets `days and bounds FIRST..LAST` or `days only FIRST..LAST`.",
)
PRORATE_BOUNDS = fault(
    "FEE-051",
    Severity.ERROR,
    "第 {row} 行有起止数量，折算却没有说起止数量是否也按天数折算。",
    "Row {row} has a bracket, but its proration does not say whether the bounds go with the days.",
    do_zh="起止数量也折算写“按天连档”，不折算写“按天不动档”。",
    do_en="Write `days and bounds` to scale the bounds too, `days only` to leave them as they are.",
)
PRORATE_NO_DATES = fault(
    "FEE-052",
    Severity.WARNING,
    "第 {row} 行没有生效和失效日期，总是全额计入，折算不起作用。",
    "Row {row} has no dates: it always counts in full, and its proration does nothing.",
    do_zh="填写生效、失效日期，或清空折算。",
    do_en="Fill in from_date or until_date, or clear prorate.",
)
PRORATE_HALF = fault(
    "FEE-053",
    Severity.ERROR,
    "“{item}”的 {other} 按天折算，这一行却没有同样的折算：同一天的用量会算两次或漏算。",
    "“{item}” is prorated at {other}, but not in the same way here: some days would count twice or not at all.",
    do_zh="在“{item}”的每一行写同样的折算，或合并单元格。",
    do_en="Repeat the same proration in every row of “{item}”, or merge its cells.",
)
PRORATE_OVERLAP = fault(
    "FEE-054",
    Severity.ERROR,
    "“{item}”的这一行与 {other} 在部分日子同时有效：这些日子会算两次。",
    "This row of “{item}” and the one at {other} share some of their days: those would be counted twice.",
    do_zh="让前一段的失效日期是后一段生效日期的前一天；同一段的各档写同样的日期。",
    do_en="Let one end on the day before the other begins; brackets that belong together have the same dates.",
)
PRORATE_GAP = fault(
    "FEE-055",
    Severity.WARNING,
    "“{item}”从 {since} 到 {until} 没有价格，包含这些天的账单会报错（上一段在 {other}）。",
    "“{item}” has no price from {since} to {until}: bills over these days will say so (the row before is {other}).",
    do_zh="让后一段从前一段失效的第二天生效；确实不收费的，加一行单价 0。",
    do_en="Let the later one begin on the next day; where nothing is charged, add a row with the rate 0.",
)
HALF_SEASON = fault(
    "FEE-056",
    Severity.ERROR,
    "每年的季节要有头有尾：生效和失效都写成“5月1日”这样，或都写年份。",
    "A season needs both its days: write from_date and until_date both without a year, or both with one.",
    do_zh="例如生效 5月1日，失效 10月31日；跨年写 11月1日、4月30日。",
    do_en="For instance from_date 05-01, until_date 10-31; over the new year 11-01, 04-30.",
)
DATED_OVERLAP = fault(
    "FEE-057",
    Severity.WARNING,
    "“{item}”的这一行与 {other} 在部分日子同时有效：这些日子两行都收。",
    "This row of “{item}” and the one at {other} are both in force on some days: both are charged then.",
    do_zh="新价替换旧价的，让前一行的失效日期是后一行生效日期的前一天；本来就该都收的，改成两个项目。",
    do_en="Where one replaces the other, let it end on the day before; where both are meant, give them items of their own.",
)
DATED_GAP = fault(
    "FEE-058",
    Severity.WARNING,
    "“{item}”从 {since} 到 {until} 没有一行有效，这些日子不收费（上一段在 {other}）。",
    "No row of “{item}” is in force from {since} to {until}: nothing is charged on these days (the row before is {other}).",
    do_zh="让后一段从前一段失效的第二天生效；确实不收费的，加一行单价 0。",
    do_en="Let the later one begin on the next day; where nothing is charged, add a row with the rate 0.",
)
CARRY_WITHOUT_QUOTA = fault(
    "FEE-060",
    Severity.ERROR,
    "第 {row} 行没有“止”，不是额度，不能结转。",
    "Row {row} has no `to`: it is no quota, and nothing can be carried on from it.",
    do_zh="把结转写在额度那一档，它的“止”就是额度。",
    do_en="Write carry in the bracket of the quota, whose `to` is the quota.",
)
CARRY_TWICE = fault(
    "FEE-061",
    Severity.ERROR,
    "“{item}”已经在 {other} 结转，一项只能有一处。",
    "“{item}” is carried on at {other} already; there is one quota an item.",
    do_zh="只在额度那一档写结转。",
    do_en="Write carry in the bracket of the quota only.",
)
PRORATE_CARRY = fault(
    "FEE-062",
    Severity.ERROR,
    "第 {row} 行又折算又结转：额度按哪些天算、剩下多少，说不清楚。",
    "Row {row} both prorates and carries on: it is not clear what is left of a quota that counts for some days.",
    do_zh="额度不折算；需要时在“止”里用表达式写出额度。",
    do_en="Do not prorate a quota; where you need it, compute the quota in `to`.",
)
EMPTY_NUMBER = fault(
    "FEE-070",
    Severity.ERROR,
    "“{part}”是空的，这一行没有算。",
    "“{part}” is empty, so this line was not computed.",
    do_zh="补填所需的数据；允许为空时用 coalesce(…, 0) 写明。",
    do_en="Fill in what is missing; where it may be empty, say so with coalesce(…, 0).",
)
WRONG_NUMBER = fault(
    "FEE-071",
    Severity.ERROR,
    "“{part}”应是数字，得到的却是 {value}。",
    "“{part}” should be a number, but it is {value}.",
    do_zh="检查这一格和它用到的数据。",
    do_en="Check the cell and the data that it uses.",
)
NEGATIVE = fault(
    "FEE-072",
    Severity.ERROR,
    "“{part}”是 {value}，小于 0，不落在任何一档。",
    "“{part}” is {value}, less than 0; it falls in no bracket.",
    do_zh="检查读数等数据；需要时用 max(0, …)。",
    do_en="Check the readings; where it may happen, use max(0, …).",
)
NEGATIVE_QUANTITY = fault(
    "FEE-089",
    Severity.ERROR,
    "“{part}”是 {value}，小于 0：少于零的数量没有价格。",
    "“{part}” is {value}, less than 0: there is no price for less than nothing.",
    do_zh="检查读数等数据；可能小于 0 而应按 0 算的，用 max(0, …)；确实要退的，方式写“比例”，单价写 100%。",
    do_en="Check the readings; where less than 0 means 0, use max(0, …); for what is paid back, use percent with the rate 100%.",
)
ABOVE_TOP = fault(
    "FEE-073",
    Severity.ERROR,
    "“{part}”是 {value}，超出最后一档（到 {high} 为止）。",
    "“{part}” is {value}, above the last bracket (which ends at {high}).",
    do_zh="请主管部门补上一档，“止”留空。",
    do_en="Please ask the owner to add a bracket with a blank `to`.",
)
BROKEN_LADDER = fault(
    "FEE-074",
    Severity.ERROR,
    "“{item}”的档位算出来不相接：{other} 到 {high} 为止，这一档从 {low} 起。",
    "The computed brackets of “{item}” do not meet: the one at {other} runs to {high}, this one begins at {low}.",
    do_zh="请主管部门检查两档的起止表达式。",
    do_en="Please ask the owner to check the expressions of both bounds.",
)
FAILED_ITEM = fault(
    "FEE-076",
    Severity.ERROR,
    "“{item}”没有算出来，所以这一行也没有算。",
    "“{item}” could not be computed, so neither could this line.",
    do_zh="先处理“{item}”的问题。",
    do_en="See to “{item}” first.",
)
NOBODY = fault(
    "FEE-077",
    Severity.ERROR,
    "不能分摊给这么多人：“{part}”是 {value}。",
    "It cannot be shared among so many people: “{part}” is {value}.",
    do_zh="人数应是 1 到 {limit} 的整数，名单不能为空。",
    do_en="The number must be a whole number from 1 to {limit}; a list may not be empty.",
)
TOO_LARGE = fault(
    "FEE-078",
    Severity.ERROR,
    "“{item}”的金额太大，无法计算。",
    "The amount of “{item}” is too large to be computed.",
    do_zh="检查数量和单价。",
    do_en="Check the quantity and the rate.",
)
LIMITS_CROSSED = fault(
    "FEE-079",
    Severity.ERROR,
    "“{item}”的最低 {minimum} 大于封顶 {maximum}。",
    "The minimum {minimum} of “{item}” is more than its maximum {maximum}.",
    do_zh="改正“最低”或“封顶”。",
    do_en="Correct the minimum or the maximum.",
)
PERIOD_ORDER = fault(
    "FEE-080",
    Severity.ERROR,
    "计费期的起 {first} 晚于止 {last}。",
    "The billing period begins on {first}, after its end {last}.",
    do_zh="检查两个抄表日期。",
    do_en="Check both dates.",
)
PERIOD_LONG = fault(
    "FEE-081",
    Severity.ERROR,
    "计费期从 {first} 到 {last}，超过十年。",
    "The billing period runs from {first} to {last}, more than ten years.",
    do_zh="检查两个抄表日期的年份。",
    do_en="Check the years of both dates.",
)
NOT_A_DAY = fault(
    "FEE-082",
    Severity.ERROR,
    "计费期的“{part}”应是日期，得到的却是 {value}。",
    "“{part}” of the billing period should be a date, but it is {value}.",
    do_zh="使用日期字段，例如抄表日期。",
    do_en="Use a date field, such as the day of the reading.",
)
UNPRICED_DAYS = fault(
    "FEE-090",
    Severity.ERROR,
    "计费期 {first} 到 {last} 里，“{item}”从 {since} 到 {until} 没有价格，这些天不能计费。",
    "“{item}” has no price from {since} to {until}, days of the billing period from {first} to {last}: they cannot be billed.",
    do_zh="请主管部门补上这些天的单价；确实不收费的，加一行单价 0。",
    do_en="Please ask the owner for the price of these days; where nothing is charged, a row with the rate 0 is needed.",
)
NEGATIVE_CARRY = fault(
    "FEE-083",
    Severity.ERROR,
    "上期结转“{part}”是 {value}，小于 0。",
    "What was carried over, “{part}”, is {value}, less than 0.",
    do_zh="检查上期账单的结转数。",
    do_en="Check what the last bill carried on.",
)
WEIGHTS = fault(
    "FEE-084",
    Severity.ERROR,
    "分摊的权重“{part}”是 {value}：应与名单一样多，都是不小于 0 的数，且不全为 0。",
    "The weights “{part}” of the shares are {value}: one number a person is needed, none below 0 and not all of them 0.",
    do_zh="检查明细中这一列的每一行。",
    do_en="Check this column in every row.",
)
EXPIRED = fault(
    "FEE-087",
    Severity.NOTICE,
    "“{item}”的各行都已失效（最晚到 {until}）：现在不收这一项。",
    "All rows of “{item}” have expired (the last on {until}): it is not charged any more.",
    do_zh="补上新一期的单价；仍然适用的，改“失效”日期或留空；不再收的，可以删去。",
    do_en="Add the rates of the next period; where rows still apply, change `until_date` or leave it blank; delete what is "
    "charged no more.",
)
NO_AMOUNT = fault(
    "FEE-088",
    Severity.ERROR,
    "“{text}”不是数字，也没有叫这个名称的字段或项目。",
    "“{text}” is no number, and no field or item has this name.",
    do_zh="填数字或算式：免费填 0；没有上限的“止”和“封顶”留空。",
    do_en="Write a number or an expression: 0 where something is free, a blank where there is no upper bound.",
)
NEGATIVE_BOUND = fault(
    "FEE-086",
    Severity.ERROR,
    "档位的界限“{part}”算出来是 {value}，小于 0。",
    "The bound “{part}” of a bracket comes to {value}, less than 0.",
    do_zh="检查它用到的数据；需要时用 max(0, …)。",
    do_en="Check the data that it uses; where it may happen, use max(0, …).",
)
NOTHING_APPLIES = fault(
    "FEE-085",
    Severity.NOTICE,
    "这张收费表没有一行适用，不收费。",
    "No line of this tariff applies; nothing is charged.",
    do_zh="若应当收费，请检查各行的条件和有效期。",
    do_en="If something should be charged, check the conditions and the dates of the lines.",
)
