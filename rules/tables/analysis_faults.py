"""The catalogue of what the analysis of decision tables finds: overlaps, gaps and rows that never decide (codes `TABLE-05x` and `06x`)."""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

OVERLAP = fault(
    "TABLE-050",
    Severity.ERROR,
    "第 {row} 行与第 {other} 行（{other_cell}）会同时命中，而命中方式是“唯一”。例如：{example}。{also_zh}",
    "Row {row} and row {other} ({other_cell}) both fit, but the hit policy is “unique”. For example: {example}.{also}",
    do_zh="改正条件使两行不重叠，或把命中方式改为“首个”等。",
    do_en="Correct the conditions so that the rows do not overlap, or choose another hit policy, such as first.",
)
DIFFERENT_RESULTS = fault(
    "TABLE-061",
    Severity.WARNING,
    "第 {row} 行与第 {other} 行（{other_cell}）会同时命中，结果却不同，而命中方式是“一致”。例如：{example}。{also_zh}",
    "Row {row} and row {other} ({other_cell}) both fit with different results, but the hit policy is “any”. "
    "For example: {example}.{also}",
    do_zh="改正条件或结果，使同时命中的行结果相同；否则这样的内容算不出结果。",
    do_en="Correct the conditions or the results, so that rows that fit together agree; else such inputs have no result.",
)
SHARED_END = fault(
    "TABLE-051",
    Severity.WARNING,
    "{value} 同时属于第 {row} 行和第 {other} 行（{other_cell}）：“..”和“~”包含两端。",
    "{value} belongs to both row {row} and row {other} ({other_cell}): `..` and `~` include both ends.",
    do_zh="写成 [100,200) 这样，说明端点归哪一行。",
    do_en="Write [100,200) to say which row the end belongs to.",
)
MANY_OVERLAPS = fault(
    "TABLE-052",
    Severity.ERROR,
    "除了已列出的 {count} 处，还有 {more} 行与上面的行重叠：第 {rows} 行。",
    "Beside the {count} listed, {more} more rows overlap rows above them: rows {rows}.",
    do_zh="先改正已列出的，再检查一次。",
    do_en="Correct those first, then check again.",
)
GAP = fault(
    "TABLE-053",
    Severity.WARNING,
    "{example}：没有任何一行适用。",
    "{example}: no row fits.",
    do_zh="补一行，或在表头上方写“否则”{whole}。",
    do_en="Add a row, or write `otherwise` above the header{whole_en}.",
)
MANY_GAPS = fault(
    "TABLE-054",
    Severity.WARNING,
    "除了已列出的 {count} 处，还有 {more} 处没有任何一行适用，从（{first}）到（{last}）。",
    "Beside the {count} listed, there are {more} more gaps, from ({first}) to ({last}).",
    do_zh="先补上已列出的，再检查一次；或在表头上方写“否则”。",
    do_en="Cover those first, then check again; or write `otherwise` above the header.",
)
UNCOUNTED_GAPS = fault(
    "TABLE-062",
    Severity.WARNING,
    "除了已列出的 {count} 处，至少还有 {more} 处没有任何一行适用，从（{first}）到（{last}），后面没有再数。",
    "Beside the {count} listed, there are at least {more} more gaps, from ({first}) to ({last}); the rest was not counted.",
    do_zh="在表头上方写“否则”，或加一行各列留空的，给其余的情况一个结果。",
    do_en="Write `otherwise` above the header, or add a row of blanks at the end, to answer all the others.",
)
OPEN_TEXT = fault(
    "TABLE-055",
    Severity.NOTICE,
    "“{label}”可以是任何文字：写成各行没有列出的词（例如“{word}”）时，可能没有一行适用。",
    "“{label}” can be any text: there may be no row for a word that the rows do not name, such as “{word}”.",
    do_zh="让它成为单选题，或加一行留空、或写“否则”，给没有列出的词一个结果。",
    do_en="Make it a question with choices, or answer the other words with a blank row or with `otherwise`.",
)
OPEN_NUMBER = fault(
    "TABLE-066",
    Severity.NOTICE,
    "“{label}”可以是任何数字：各行没有列出的（例如 {word}），可能没有一行适用。",
    "“{label}” can be any number: there may be no row for one that the rows do not name, such as {word}.",
    do_zh="编号、楼号这样的可以不管；或加一行留空、写“否则”，给没有列出的一个结果。",
    do_en="Leave it where these are codes, such as those of buildings; or answer the others with a blank row or with `otherwise`.",
)
MASKED = fault(
    "TABLE-056",
    Severity.WARNING,
    "第 {row} 行永远轮不到：它适用的，第 {other} 行（{other_cell}）都已先适用。{such}",
    "Row {row} can never decide: row {other} ({other_cell}) takes all that it fits.{such_en}",
    do_zh="把它移到那一行前面（或调整优先顺序），改正条件，或删除。",
    do_en="Move it above that row (or change the priorities), correct its conditions, or delete it.",
)
COVERED = fault(
    "TABLE-057",
    Severity.WARNING,
    "第 {row} 行永远轮不到：它适用的，第 {rows} 行合起来都已先适用。{such}",
    "Row {row} can never decide: rows {rows} together take all that it fits.{such_en}",
    do_zh="把它移到那些行前面（或调整优先顺序），改正条件，或删除。",
    do_en="Move it above those rows (or change the priorities), correct its conditions, or delete it.",
)
NEVER = fault(
    "TABLE-058",
    Severity.WARNING,
    "第 {row} 行永远不会适用：没有任何输入能满足它的各项条件。",
    "Row {row} can never fit: no input meets its conditions.",
    do_zh="检查上下限、同一输入的两列条件、选项；输入来自另一张规则表时，检查那张表给不给这个结果。",
    do_en="Check its bounds, the columns that test the same input, the choices, and what a table that gives the input can give.",
)
MANY_UNREACHABLE = fault(
    "TABLE-059",
    Severity.WARNING,
    "除了已列出的 {count} 行，还有 {more} 行永远轮不到：第 {rows} 行。",
    "Beside the {count} listed, {more} more rows can never decide: rows {rows}.",
    do_zh="先改正已列出的，再检查一次。",
    do_en="Correct those first, then check again.",
)
NOT_ANALYSED = fault(
    "TABLE-060",
    Severity.NOTICE,
    "这张规则表太复杂，没有查完{what}。",
    "This table is too complex: it was not fully analysed for {what_en}.",
    do_zh="拆成几张较小的规则表，或用用例核对。",
    do_en="Split it into smaller tables, or check it with examples.",
)
UNTRIED_GAP = fault(
    "TABLE-063",
    Severity.NOTICE,
    "{labels} 是算出来的：各列的条件合起来没有覆盖所有组合，但没有试出哪个输入落在空处，不能肯定有没有遗漏。",
    "{labels} compute: the cells do not cover all combinations, but no input was found that falls between them, so nobody "
    "can say whether there is a gap.",
    do_zh="用用例核对边界上的输入；或写“否则”。",
    do_en="Check the inputs at the bounds with examples, or write `otherwise`.",
)
UNTRIED_OVERLAP = fault(
    "TABLE-064",
    Severity.NOTICE,
    "第 {rows} 行看来与上面的行重叠，但 {labels} 是算出来的，没有试出同时命中的输入，不能肯定。",
    "Rows {rows} seem to overlap rows above them, but {labels} compute: no input was found that fits both, so nobody can say.",
    do_zh="用用例核对边界上的输入。",
    do_en="Check the inputs at the bounds with examples.",
)
EXPIRED = fault(
    "TABLE-065",
    Severity.NOTICE,
    "这张规则表的各行都已失效（最晚到 {until}）：现在没有任何一行适用。",
    "All rows of this table have expired (the last on {until}): no row fits any more.",
    do_zh="补上新一期的行；仍然适用的，改“失效”日期或留空。",
    do_en="Add the rows of the next period; where rows still apply, change their `until` or leave it blank.",
)
