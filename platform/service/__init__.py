"""What a service is once its workbook is compiled: form, rules, route, examples; and the calls from Python.

from banshi.platform.service import load
service, diagnostics = load("电费.xlsx")
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from banshi.platform.service.model import Service
    from banshi.rules.diagnostics import Diagnostic

__all__ = ["load"]


def load(path: str | Path) -> tuple[Service | None, list[Diagnostic]]:
    """The service of a workbook file, with every fault of all its sheets.

    None where the file cannot be read as a workbook. Raises OSError where there is no such file.
    """
    from banshi.platform.sheets.load import load as loaded  # what reads sheets stands on this package's model

    return loaded(path)
