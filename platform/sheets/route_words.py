"""The words of the route sheet: what each keyword may be called, English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from banshi.platform.routes.deadline import Deed
from banshi.platform.routes.hooks import Unmet, Use
from banshi.platform.routes.model import BackMode, CopyAt, Empty, Mode, Operation, Same, SelfApproval

MODES: Mapping[str, tuple[str, ...]] = {
    Mode.ONE: ("one", "单人"),
    Mode.ANY: ("any", "或签"),
    Mode.CLAIM: ("claim", "抢占"),
    Mode.ALL: ("all", "会签"),
    Mode.SEQUENCE: ("sequence", "依次"),
    Mode.RATIO: ("ratio", "票签"),
    Mode.AT_LEAST: ("at least", "N人", "至少"),
    Mode.WEIGHT: ("weight", "权重"),
    Mode.DO: ("do", "办理"),
    Mode.AUTO: ("auto", "自动"),
    Mode.CALLBACK: ("callback", "回调"),
    Mode.NOTIFY: ("notify", "知会"),
    Mode.WAIT: ("wait", "等待"),
}
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
BACK_MODES: Mapping[str, tuple[str, ...]] = {
    BackMode.STRAIGHT: ("straight", "直达"),
    BackMode.THROUGH: ("through", "重走"),
    BackMode.CHANGED: ("changed", "按变更"),
    BackMode.ASK: ("ask", "自选"),
}
JOINS: Mapping[str, tuple[str, ...]] = {"all": ("all", "全部"), "any": ("any", "任一")}
OPERATIONS: Mapping[str, tuple[str, ...]] = {
    Operation.TRANSFER: ("transfer", "转办"),
    Operation.CONSULT: ("consult", "委派", "征求意见"),
    Operation.SIGN: ("add signer", "加签"),
    Operation.TAKE_BACK: ("take back", "拿回"),
    Operation.BULK: ("bulk", "批量"),
}
DEEDS: Mapping[str, tuple[str, ...]] = {
    Deed.REMIND: ("remind", "提醒"),
    Deed.URGE: ("urge", "催办"),
    Deed.ESCALATE: ("escalate", "转上级"),
    Deed.COPY: ("copy", "抄送", "cc"),
    Deed.PASS: ("auto pass", "自动通过"),
    Deed.RETURN: ("auto return", "自动退回"),
    Deed.REFUSE: ("auto refuse", "自动拒绝"),
}
COPIES_AT: Mapping[str, tuple[str, ...]] = {
    CopyAt.ENTER: ("enter", "进入"),
    CopyAt.PASSED: ("pass", "通过"),
    CopyAt.END: ("end", "办结"),
}
OPINIONS: Mapping[str, tuple[str, ...]] = {
    "required": ("required", "必填", "是"),
    "optional": ("optional", "选填", "否"),
    "signature": ("signature", "手写签名", "签名"),
    "phrases": ("phrases", "常用语"),
}
UNMET: Mapping[str, tuple[str, ...]] = {
    Unmet.GO_ON: ("go on", "继续"),
    Unmet.RETURN: ("return", "退回"),
    Unmet.REFUSE: ("refuse", "拒绝"),
}
HOOKS: Mapping[str, tuple[str, ...]] = {
    "open": ("open", "开", "开子流程"),
    "set": ("set", "填"),
    "number": ("number", "编号", "生成编号"),
    "push": ("push", "推送"),
    "notify": ("notify", "通知"),
    Use.CHARGE: ("charge", "收费"),
    Use.HOLD: ("hold", "冻结", "冻结经费"),
    Use.RELEASE: ("release", "解冻", "释放"),
    Use.PAY: ("pay", "付款"),
    "print": ("print", "打印"),
    "give": ("pass", "发通行证", "通行证"),
}
