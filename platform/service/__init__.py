"""From sheets to a service: one module a sheet, then linking and checking."""

from banshi.platform.service.examples import run_examples
from banshi.platform.service.load import load, load_bytes, load_workbook
from banshi.platform.service.model import Service

__all__ = ["Service", "load", "load_bytes", "load_workbook", "run_examples"]
