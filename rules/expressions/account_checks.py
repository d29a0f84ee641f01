"""The checks of functions that ask for balances: where they may stand, and whether the account is there."""

from __future__ import annotations

from banshi.rules.expressions import faults
from banshi.rules.expressions.checking_part import CheckingPart
from banshi.rules.expressions.library import suggest
from banshi.rules.expressions.tree import Call, Text


class AccountChecks(CheckingPart):
    """A part of the checker: what is known of accounts before anybody answers."""

    def account_call(self, node: Call) -> None:
        """Check `balance` or `available`."""
        accounts, named = self.scope.accounts, node.operands[0]
        if accounts is None:
            self.report(faults.BALANCE_NOT_HERE, node, function=node.word)
        elif not isinstance(named, Text):
            self.report(faults.BALANCE_OF_WHAT, named, function=node.word, part=self.expression.part(named))
        elif named.value not in accounts:
            near = suggest(named.value, accounts)
            self.report(faults.UNKNOWN_BALANCE, named, name=named.value, near=near)
