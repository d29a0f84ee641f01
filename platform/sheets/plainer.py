"""Types of XLSForm that are a plainer one with more to it: a range is a number between two, a place is a text of numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from banshi.platform.service.model import METADATA, Field, Texts
from banshi.platform.sheets import faults
from banshi.rules.cells import Cell
from banshi.rules.diagnostics import Diagnostic
from banshi.rules.expressions import Expression, parse

_RANGE = {"start": Decimal(1), "end": Decimal(10), "step": Decimal(1)}
"""XLSForm's range where its parameters say nothing."""

_LATITUDE = r"-?(90([.]0+)?|[0-8]?[0-9]([.][0-9]+)?)"
_LONGITUDE = r"-?(180([.]0+)?|(1[0-7][0-9]|[0-9]?[0-9])([.][0-9]+)?)"
_POINT = rf"{_LATITUDE} {_LONGITUDE}( -?[0-9.]+){{0,2}}"
_PLACE = f"regex(., '^{_POINT}$')"
_TRACE = f"regex(., '^{_POINT}(; ?{_POINT})+$')"
_SHAPE = f"regex(., '^{_POINT}(; ?{_POINT}){{2,}}$')"


def plainer(field: Field, parameters: Cell, found: list[Diagnostic]) -> Field:
    """The field as the form builds it; others come back as they are."""
    build = _BUILT.get(field.type)
    return build(field, parameters, found) if build else field


def _range(field: Field, parameters: Cell, found: list[Diagnostic]) -> Field:
    bounds = {}
    for name, usual in _RANGE.items():
        written = field.parameters.get(name, "")
        try:
            bounds[name] = Decimal(written) if written else usual
        except InvalidOperation:
            bounds[name] = usual
            found.append(faults.BAD_PARAMETER.at(parameters.place, text=f"{name}={written}"))
    low, high, step = bounds["start"], bounds["end"], abs(bounds["step"])
    if not step:
        found.append(faults.BAD_PARAMETER.at(parameters.place, text=parameters.text))
        step = Decimal(1)
    if low > high:
        # Counted down from the start, as in ODK: the same numbers, and a slider goes up.
        low, high = low - (low - high) // step * step, low
        field = replace(field, parameters={**field.parameters, "start": str(low), "end": str(high), "step": str(step)})
    whole = all(number == number.to_integral_value() for number in (low, step))
    fits = _also(field, f". >= {low} and . <= {high} and (. - {low}) mod {step} = 0")
    zh, en = f"{low} 到 {high}，每格 {step}。", f"{low} to {high}, in steps of {step}."
    hint = field.hint if field.hint.by_language else Texts((("zh", zh), ("en", en)))
    type_ = "integer" if whole else "decimal"
    return replace(
        _with_rule(field, fits, zh, en), type=type_, hint=hint, appearance=f"{field.appearance} range".strip()
    )


def _geopoint(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    zh = "写成“纬度 经度”，如 23.0484 113.3915。"
    en = "Write latitude and longitude, such as 23.0484 113.3915."
    made = _with_rule(field, _also(field, _PLACE), zh, en)
    return replace(made, type="text", appearance=f"{field.appearance} locate".strip())


def _trace(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    zh = "依次写各点的“纬度 经度”，用分号隔开。"
    en = "Write the points as latitude and longitude, with semicolons between them."
    rule = _SHAPE if field.type == "geoshape" else _TRACE
    made = _with_rule(field, _also(field, rule), zh, en)
    return replace(made, type="text", appearance=f"{field.appearance} {field.type} multiline".strip())


def _signature(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    return replace(field, type="image", appearance=f"{field.appearance} signature".strip())


def _metadata(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    """What the platform knows of a filling-in: nobody is asked, and nobody can write it. `start` comes from the browser."""
    told, _none = parse(METADATA[field.type], field.place)
    return replace(field, type="start" if field.type == "start" else "hidden", default=told, label=_label(field))


def _label(field: Field) -> Texts:
    return (
        field.label if field.label.by_language else Texts((("zh", _SAID[field.type][0]), ("en", _SAID[field.type][1])))
    )


_SAID = {
    "start": ("开始填写", "Begun"),
    "end": ("提交时间", "Finished"),
    "today": ("填写日期", "Day"),
    "username": ("填写人编号", "Filled in by"),
    "email": ("邮箱", "E-mail"),
    "phonenumber": ("电话", "Telephone"),
}


def _barcode(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    return replace(field, type="text", appearance=f"{field.appearance} scan".strip())


def _media(field: Field, _: Cell, __: list[Diagnostic]) -> Field:
    return replace(field, type="file", appearance=f"{field.appearance} {field.type}".strip())


_BUILT: Mapping[str, Callable[[Field, Cell, list[Diagnostic]], Field]] = {
    "range": _range,
    "geopoint": _geopoint,
    "geotrace": _trace,
    "geoshape": _trace,
    "signature": _signature,
    **dict.fromkeys(METADATA, _metadata),
    "barcode": _barcode,
    "audio": _media,
    "video": _media,
}


def _also(field: Field, rule: str) -> Expression | None:
    """The author's constraint and one more."""
    own = field.constraint
    made, _ = parse(
        f"({own.text.strip().removeprefix('=')}) and {rule}" if own else rule, own.place if own else field.place
    )
    return made


def _with_rule(field: Field, rule: Expression | None, zh: str, en: str) -> Field:
    """The field with a constraint, and the sentence that says it where the author has none."""
    own = Texts((("zh", f"“{field.label.get('zh')}”：{zh}"), ("en", f"“{field.label.get('en')}”: {en}")))
    said = field.constraint_message if field.constraint_message.by_language else own
    return replace(field, constraint=rule, constraint_message=said)
