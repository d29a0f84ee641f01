"""What ends the computation of one line."""

from __future__ import annotations

from banshi.rules.decision import Outcome
from banshi.rules.diagnostics import Diagnostic


class Stopped(Exception):
    """A line cannot be computed; the run goes on with the next one."""

    def __init__(self, outcome: Outcome, diagnostic: Diagnostic) -> None:
        """Take how the line ends, and why."""
        super().__init__(diagnostic.code)
        self.outcome = outcome
        self.diagnostic = diagnostic
