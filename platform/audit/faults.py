"""What can be wrong with an export of the log, or with a checkpoint (codes `LOG-…`).

The place of each is a file. `entry` counts from 0, as positions do; `line` counts from 1.
"""

from __future__ import annotations

from banshi.rules.diagnostics import Severity, fault

_KEEP = "保留这份导出和检查点，另导出一份对照，并查服务器和备份。"
_KEEP_EN = "Keep this export and the checkpoint, export once more to compare, and look at the server and its backups."

NOT_AN_EXPORT = fault(
    "LOG-001",
    Severity.ERROR,
    "不是日志导出文件，或文件不完整：{why}",
    "This is no export of the log, or not all of one: {why}",
    do_zh="从办事大厅重新导出。",
    do_en="Export the log from the hall anew.",
)

NOT_A_CHECKPOINT = fault(
    "LOG-002",
    Severity.ERROR,
    "不是检查点文件，或文件不完整。",
    "This is no checkpoint, or not all of one.",
    do_zh="用您自己保管的、本大厅的检查点文件。",
    do_en="Use the checkpoint of this hall that you keep yourself.",
)

WRONG_SIGNATURE = fault(
    "LOG-003",
    Severity.ERROR,
    "检查点的签名不对：签名之后被改动过。",
    "The signature of the checkpoint is wrong: it was changed after it was signed.",
    do_zh="用您自己保管的、本大厅的检查点文件。",
    do_en="Use the checkpoint of this hall that you keep yourself.",
)

FOREIGN_KEY = fault(
    "LOG-004",
    Severity.ERROR,
    "检查点是用另一把密钥签的（{found}），应为 {expected}。",
    "The checkpoint is signed with another key ({found}) than {expected}.",
    do_zh="核对公钥。密钥换过时，旧检查点用旧公钥核对（--key）。",
    do_en="Compare the public keys. Where the key was replaced, check old checkpoints with the old one (--key).",
)

OTHER_HALL = fault(
    "LOG-005",
    Severity.ERROR,
    "这是另一个办事大厅的检查点（{found}），导出来自 {expected}。",
    "This is the checkpoint of another hall ({found}); the export is from {expected}.",
    do_zh="用您自己保管的、本大厅的检查点文件。",
    do_en="Use the checkpoint of this hall that you keep yourself.",
)

NOT_LATER = fault(
    "LOG-006",
    Severity.ERROR,
    "前一个检查点有 {previous} 条，比要核对的检查点（{size} 条）还多：两个文件给反了，或者日志变短了。",
    "The previous checkpoint is over {previous} entries, more than the {size} of the one to check: the two files are swapped, or the log has become shorter.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

UNREADABLE = fault(
    "LOG-010",
    Severity.ERROR,
    "第 {entry} 条读不懂，或不是按规定的写法写的：有字节被改动。",
    "Entry {entry} cannot be read, or is not written as the log writes: bytes of it were changed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

BODY_CHANGED = fault(
    "LOG-011",
    Severity.ERROR,
    "第 {entry} 条（{case}）的内容与它的散列值不符：内容被改动。",
    "The body of entry {entry} ({case}) does not fit its hash: it was changed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

HEADER_CHANGED = fault(
    "LOG-012",
    Severity.ERROR,
    "第 {entry} 条（{case}）的时间、办件、序号或前一条的散列值与它的散列值不符：被改动。",
    "The time, case, number or previous hash of entry {entry} ({case}) does not fit its hash: it was changed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

REMOVED = fault(
    "LOG-013",
    Severity.ERROR,
    "缺第 {entry}{until} 条：被删除。其后是办件 {case} 的条目。",
    "Entry {entry}{until} is missing: it was removed. What follows is an entry of the case {case}.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

REORDERED = fault(
    "LOG-014",
    Severity.ERROR,
    "第 {entry} 条不在它的位置上，在第 {line} 行才出现：次序被改动。",
    "Entry {entry} is not in its place, but on line {line}: the order was changed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

DOUBLED = fault(
    "LOG-015",
    Severity.ERROR,
    "第 {entry} 条（{case}）之后它又出现了一次，在第 {line} 行。",
    "Entry {entry} ({case}) stands there a second time, on line {line}.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

NOT_CHAINED = fault(
    "LOG-016",
    Severity.ERROR,
    "第 {entry} 条（{case} 的第 {n} 条）与该办件的前一条接不上：中间有条目被删除、改动或插入。",
    "Entry {entry} (number {n} of {case}) does not follow from the one before in its case: entries between were removed, changed or put in.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

NOT_THE_ONE = fault(
    "LOG-017",
    Severity.ERROR,
    "第 {entry} 条（{case}）不是检查点当时的那一条：被改动，或是插入的。",
    "Entry {entry} ({case}) is not the one that the checkpoint saw there: it was changed or put in.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

OTHER_ROOT = fault(
    "LOG-018",
    Severity.ERROR,
    "前 {size} 条合起来与 {at} 的检查点不符：其中{after}有条目被改动、删除或插入，并且散列值都重新算过。检查点旁边没有 .hashes 文件，所以不知道是哪一条。",
    "The first {size} entries do not add up to the checkpoint of {at}: among them{after} entries were changed, removed or put in, and all hashes computed anew. Without the .hashes file beside the checkpoint nobody can say which.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

CUT_OFF = fault(
    "LOG-019",
    Severity.ERROR,
    "导出只有 {count} 条，检查点有 {size} 条：第 {count} 条起最后的条目被删除。",
    "The export has {count} entries, the checkpoint {size}: from entry {count} on the last ones were removed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

FILE_CHANGED = fault(
    "LOG-020",
    Severity.ERROR,
    "文件的内容与清单不符。",
    "The content of the file is not what the manifest lists.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

FILE_GONE = fault(
    "LOG-021",
    Severity.ERROR,
    "清单里有，导出里没有。",
    "The manifest lists it, and it is not there.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

NOT_CONSISTENT = fault(
    "LOG-022",
    Severity.ERROR,
    "检查点不是前一个检查点的延续：之前的条目被改动或删除。",
    "The checkpoint does not continue the previous one: entries before it were changed or removed.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

NO_PROOF = fault(
    "LOG-023",
    Severity.ERROR,
    "检查点里没有相对于这个前一检查点的证明；请同时给出导出文件。",
    "The checkpoint holds no proof for this previous one; name the export too.",
    do_zh="从办事大厅重新导出。",
    do_en="Export the log from the hall anew.",
)

BAD_HASHES = fault(
    "LOG-024",
    Severity.WARNING,
    "检查点旁边的附带文件 .hashes 受损或被改，没有用它。这说的不是日志：日志仍按检查点核对，只是不符时指不出是哪一条。",
    "The .hashes file that lies beside the checkpoint is damaged or was changed, and was not used. That is not said of the log, which is checked against the checkpoint all the same; only, where it does not fit no entry can be named.",
    do_zh="找回原来的 .hashes 文件，可以查到是哪一条。",
    do_en="Find the original .hashes file: with it an entry can be named.",
)

UNGUARDED = fault(
    "LOG-025",
    Severity.WARNING,
    "没有给出检查点，只按导出自带的检查点核对：谁能改服务器，谁就能连它一起改。",
    "No checkpoint was named, so the export was only checked against its own: whoever can change the server can change that too.",
    do_zh="用 --checkpoint 给出您自己保管的检查点。",
    do_en="Name the checkpoint that you keep with --checkpoint.",
)

TAKEN_OUT = fault(
    "LOG-026",
    Severity.ERROR,
    "条目 {entry} 少了内容，而没有一条记录说它是按期限或应请求删除的。",
    "Values are missing from entry {entry}, and no entry tells that they were deleted.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

KEY_CHANGED = fault(
    "LOG-027",
    Severity.WARNING,
    "{at} 的检查点由密钥 {old} 签名，导出由密钥 {new} 签名：办事大厅换过签名密钥，日志第 {entry} 条写明。检查点之前的条目相符；之后的只由新密钥证明。",
    "The checkpoint of {at} is signed by the key {old}, the export by {new}: the hall has another signing key, as entry {entry} of the log says. What is under the checkpoint fits; what follows is vouched for by the new key only.",
    do_zh="问清为什么换密钥（例如恢复时没有 log-key.pem），另存新公钥，以后用新的检查点。",
    do_en="Ask why the key is another one (a restore without log-key.pem, perhaps), keep a copy of the new public key, and use new checkpoints from now on.",
)

KEY_UNTOLD = fault(
    "LOG-028",
    Severity.WARNING,
    "{at} 的检查点由密钥 {old} 签名，后一个由密钥 {new} 签名：后一个接得上前一个，但换密钥的记录要看导出。",
    "The checkpoint of {at} is signed by the key {old}, the later one by {new}: the later one continues it, but where the log says that the key is another one only an export shows.",
    do_zh="导出日志，用 --checkpoint 给出前一个检查点再核对。",
    do_en="Export the log, and check it against the earlier checkpoint.",
)

NEVER_SEALED = fault(
    "LOG-029",
    Severity.ERROR,
    "条目 {entry}（{case}）少了 {pointer}：这一处不可能是敏感内容，办事大厅不会留着不导出，也不会删除。",
    "{pointer} is missing from entry {entry} ({case}): it can never be sensitive, so no hall leaves it out of an export or deletes it.",
    do_zh=_KEEP,
    do_en=_KEEP_EN,
)

UNMARKED = fault(
    "LOG-030",
    Severity.WARNING,
    "没有导出的内容里，有些项在工作簿的任何版本里都没有标为敏感（括号里是次数）：{fields}。",
    "Some of what the export leaves out is marked as sensitive in no version of the workbook (how often in brackets): {fields_en}.",
    do_zh="内容里写着别处的敏感回答时会这样；否则请要求看这几项，问清为什么没有导出。",
    do_en="This happens where such an answer repeats a sensitive one in its text; else ask to see these, and why they were left out.",
)
