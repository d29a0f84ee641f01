"""What the screens say of adding to balances and taking back."""

from __future__ import annotations

GRANTS: dict[str, tuple[str, str]] = {
    "accounts.kind.grant": ("拨入", "Added"),
    "accounts.kind.takeback": ("收回", "Taken back"),
    "office.part.granted": ("拨入合计", "Added by the office"),
    "grant.title": ("拨入或收回", "Add or take back"),
    "grant.add": ("拨入", "Add"),
    "grant.take": ("收回", "Take back"),
    "grant.which": ("做什么", "What to do"),
    "grant.amount": ("金额（{unit}）", "Amount ({unit})"),
    "grant.reference": ("文号或凭证号", "Number of the voucher"),
    "grant.reason": ("事由", "Why"),
    "grant.look": ("核对", "Check"),
    "grant.sure": ("请核对，入账后不能修改，只能冲正", "Please check: what is booked is never changed, only reversed"),
    "grant.to": ("账户", "Account"),
    "grant.before": ("现在可用", "Available now"),
    "grant.change": ("变动", "Change"),
    "grant.after": ("入账后可用", "Available then"),
    "grant.again": (
        "这个持有者已有 {count} 笔同一文号的账，不要重复入账。",
        "{count} movements of this holder have the same number: do not book it twice.",
    ),
    "grant.by_two": ("金额较大，提交后由另一人复核才入账。", "Because of its amount another person has to confirm it."),
    "grant.post": ("入账", "Book it"),
    "grant.propose": ("提交复核", "Propose it"),
    "grant.change_it": ("返回修改", "Change it"),
    "grant.posted": ("已入账。", "Booked."),
    "grant.proposed": ("已提交，等另一人复核后入账。", "Proposed: it is booked once another person confirms it."),
    "grant.state": ("拨入或收回待复核", "To be added or taken back: to confirm"),
    "grant.confirm": ("复核入账", "Confirm and book"),
    "grant.declined": ("已撤下，没有入账。", "Dropped; nothing was booked."),
}
