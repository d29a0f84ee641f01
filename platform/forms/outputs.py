"""Runs of tables, tariffs and policies inside a form, and the names that they yield."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from banshi.rules.decision import Decision, Outcome
from banshi.rules.expressions import Environment
from banshi.rules.policies import Engine, Findings, Policy, infer
from banshi.rules.tables import Table, decide, named_outputs
from banshi.rules.tariffs import Bill, Tariff, bill
from banshi.rules.values import Value

Result = Decision | Bill | Findings


def run_rule(
    rule: Table | Tariff | Policy, environment: Environment, engine: Engine, scope: str, *, explained: bool = True
) -> Result:
    """Run a table, a tariff or a policy; `scope` is the row's path, or empty. `explained=False` leaves the reasons out."""
    match rule:
        case Table():
            return decide(rule, environment, scope, explained=explained)
        case Tariff():
            made = bill(rule, environment, explained=explained)
            return replace(made, decision=replace(made.decision, scope=scope))
        case Policy():
            return infer(rule, environment, engine, scope, explained=explained)


def decision_of(result: Result) -> Decision:
    """The decision record of a run."""
    return result if isinstance(result, Decision) else result.decision


def outcome_of(result: Result) -> Outcome:
    """How a run ended."""
    return decision_of(result).outcome


def output_of(rule: Table | Tariff | Policy, result: Result, name: str) -> Value:
    """The value of one name that a run yields; a run that failed yields nothing."""
    match result:
        case Findings():
            return result.values.get(name)
        case Bill():
            return _amount(rule, result, name)
        case _:
            return named_outputs(rule, result).get(name) if isinstance(rule, Table) else None


def _amount(rule: Table | Tariff | Policy, made: Bill, name: str) -> Value:
    if isinstance(rule, Tariff) and name == rule.total_name:
        return made.total
    if name in (carries := dict(made.carries)):
        return carries[name]
    amounts = [line.amount for line in made.lines if line.item == name]
    known = [amount for amount in amounts if amount is not None]
    # An item whose rows do not apply costs nothing; one that could not be computed stays empty.
    return None if len(known) < len(amounts) else sum(known, Decimal(0))
