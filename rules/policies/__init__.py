"""Policies: statements that chain, inferred by durable-rules behind one adapter, or by a plain fixpoint."""

from banshi.rules.policies.check import check, fact_names
from banshi.rules.policies.durable_engine import DurableEngine
from banshi.rules.policies.engine import Engine, FixpointEngine
from banshi.rules.policies.infer import infer, load
from banshi.rules.policies.model import Chain, Conclusion, Finding, Findings, Policy, Statement, Verdict

__all__ = [
    "Chain",
    "Conclusion",
    "DurableEngine",
    "Engine",
    "Finding",
    "Findings",
    "FixpointEngine",
    "Policy",
    "Statement",
    "Verdict",
    "check",
    "fact_names",
    "infer",
    "load",
]
