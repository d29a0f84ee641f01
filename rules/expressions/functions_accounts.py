"""Functions that ask for balances of accounts. Only a server knows them, and not for everybody."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from banshi.rules.expressions import faults
from banshi.rules.expressions.convert import Problem, is_empty, to_text
from banshi.rules.expressions.model import BalancesView
from banshi.rules.expressions.registry import Context, function
from banshi.rules.expressions.tree import Call, Expression, walk
from banshi.rules.values import Kind, Value

NAMES = frozenset({"balance", "available"})
"""The functions that ask for balances."""


@function("balance", Kind.NUMBER, "account: any", "holder: any", words=("余额",), context=True,
    zh="账户里有多少，含已冻结的，单位同账户；第一个参数是加引号的账户名称，第二个是持有者，空白时为空。本办件自己已扣的仍算在内。"
    "只有看得到这个账户的人才得到数。",
    en="What a holder has in an account, what is held included, in its unit; the account's name in quotes, then the holder (empty "
    "gives nothing). What the case itself has charged still counts. Only for those who may see the account.",
    example='balance("项目经费", "青禾科基 2026-031")', shows="12000", source="Banshi")  # fmt: skip
def balance(context: Context, account: Value, holder: Value) -> Value:
    """Ask for what is there."""
    return _asked(context, account, holder, lambda balances, *of: balances.balance(*of))


@function("available", Kind.NUMBER, "account: any", "holder: any", words=("可用余额",), context=True,
    zh="现在还能用多少：余额减去别的办件冻结的，加上允许透支的下限，单位同账户。本办件自己已冻结、已扣的仍算可用，"
    "所以退回后重新提交不会少。",
    en="What may still be spent: the balance less what other cases hold, down to the floor of the account, in its unit. What the case "
    "itself holds or has charged still counts, so that a case that came back finds the same.",
    example='available("项目经费", "青禾科基 2026-031")', shows="9000", source="Banshi")  # fmt: skip
def available(context: Context, account: Value, holder: Value) -> Value:
    """Ask for what may be spent."""
    return _asked(context, account, holder, lambda balances, *of: balances.available(*of))


def _asked(
    context: Context, account: Value, holder: Value, ask: Callable[[BalancesView, str, str], Decimal | None]
) -> Value:
    balances = context.env.balances
    if balances is None:
        raise Problem(faults.NO_BALANCES)
    if is_empty(holder):
        return None
    found = ask(balances, to_text(account), to_text(holder))
    if found is None:
        raise Problem(faults.BALANCE_UNSEEN, name=to_text(account), holder=to_text(holder))
    return found


def asks_for_balances(expression: Expression) -> bool:
    """Whether a value depends on balances."""
    return any(isinstance(node, Call) and node.function in NAMES for node in walk(expression.root))
