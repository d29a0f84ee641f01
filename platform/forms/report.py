"""An evaluation as plain values: what browsers, REST and the command line get."""

from __future__ import annotations

from typing import Any

from banshi.platform.forms.result import Evaluation, FieldError
from banshi.rules.policies import Finding
from banshi.rules.tariffs import Bill
from banshi.rules.values import ErrorValue, Value


def report(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as mappings, lists and values; `rules.values.dumps` prints it."""
    language = evaluation.language
    return {
        "answers": evaluation.answers,
        "relevant": evaluation.relevant,
        "required": evaluation.required,
        "readonly": evaluation.readonly,
        "constraints": evaluation.constraints,
        "values": evaluation.values,
        "outputs": evaluation.outputs,
        "labels": evaluation.labels,
        "errors": [_error(error, language) for error in evaluation.errors],
        "findings": [
            _finding(finding, path, reads, language)
            for finding, path, reads in zip(
                evaluation.findings, evaluation.finding_paths, evaluation.finding_reads, strict=True
            )
        ],
        "bills": {name: _bill(bill) for name, bill in evaluation.bills.items()},
    }


def _error(error: FieldError, language: str) -> dict[str, Any]:
    return {
        "path": error.path,
        "code": error.code,
        "message": error.message(language),
        "remedy": error.remedy(language),
        "zh": error.message("zh"),
        "en": error.message("en"),
        "cell": str(error.place),
        "reference": error.reference,
        "about": error.about,
    }


def _finding(finding: Finding, path: str, reads: frozenset[str], language: str) -> dict[str, Any]:
    said = {
        "zh": {"message": finding.message, "remedy": finding.remedy},
        "en": {
            "message": finding.message_en or finding.message,
            "remedy": finding.remedy_en or finding.remedy,
        },
    }
    return {
        "path": path,
        "id": finding.id,
        "verdict": str(finding.verdict),
        **said["en" if language == "en" else "zh"],
        **said,
        "reference": finding.reference,
        "cell": str(finding.place),
        "not_checked": finding.not_checked,
        "missing": list(finding.missing),
        "reads": sorted(reads),
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {
        "lines": [
            {
                "item": line.item,
                "label": line.label,
                "label_en": line.label_en,
                "quantity": _plain(line.quantity),
                "rate": _plain(line.rate),
                "amount": line.amount,
                "unit": line.unit,
                "cells": [str(place) for place in line.places],
            }
            for line in bill.lines
        ],
        "total": bill.total,
        "unit": bill.unit,
        "applies": bill.applies,
        "shares": [{"label": label, "amount": amount} for label, amount in bill.shares],
        "carries": [{"name": name, "amount": amount} for name, amount in bill.carries],
    }


def _plain(value: Value) -> Value:
    return None if isinstance(value, ErrorValue) else value
