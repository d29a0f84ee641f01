"""Functions of places: the length of a way and the area that it encloses, on a sphere as ODK has it."""

from __future__ import annotations

import math
from decimal import Decimal
from itertools import pairwise

from banshi.rules.expressions.convert import bad_argument, is_empty, to_string
from banshi.rules.expressions.registry import function
from banshi.rules.values import Kind, Value

_RADIUS = 6_378_100
"""Metres: the equatorial radius that ODK's programs compute with."""

Point = tuple[float, float]
"""Latitude and longitude in radians."""


@function("distance", Kind.NUMBER, "places: list+", words=("路程",),
    zh="一条路线或一圈边界的长度，或几个位置依次相连的长度，以米计，精确到厘米。",
    en="The length of a way or an outline, or of places one after the other, in metres to the centimetre.",
    example='distance("30.5 114.3;30.5 114.31")', shows="959.16", source="XLSForm")  # fmt: skip
def distance(*places: Value) -> Value:
    """Add up great circles; nothing for no place."""
    points = _points(places)
    return None if not points else _metres(sum(_apart(one, other) for one, other in pairwise(points)))


@function("area", Kind.NUMBER, "places: list+", words=("面积",),
    zh="一圈边界围成的面积，以平方米计；首尾不相连时自动连上。",
    en="The area that an outline encloses, in square metres; it is closed where its ends do not meet.",
    example='area("30 114;30 114.001;30.001 114.001;30.001 114")', shows="10731.63", source="XLSForm")  # fmt: skip
def area(*places: Value) -> Value:
    """Add up strips between the equator and each side; nothing for no place."""
    points = _points(places)
    if not points:
        return None
    strips = ((b[1] - a[1]) * (2 + math.sin(a[0]) + math.sin(b[0])) for a, b in pairwise([*points, points[0]]))
    return _metres(abs(sum(strips)) * _RADIUS**2 / 2)


def _points(places: tuple[Value, ...]) -> list[Point]:
    """Every `latitude longitude [altitude accuracy]`, parted by semicolons, of some texts."""
    texts = (to_string(place) for place in places if not is_empty(place))
    return [_point(part) for text in texts for part in text.split(";") if part.strip()]


def _point(text: str) -> Point:
    try:
        latitude, longitude = (float(part) for part in text.split()[:2])
    except ValueError:
        latitude = longitude = math.inf
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise bad_argument(
            f"“{text.strip()}”不是位置：写“纬度 经度”，用分号隔开",
            f"“{text.strip()}” is no place: write latitude and longitude, parted by semicolons",
        )
    return math.radians(latitude), math.radians(longitude)


def _apart(one: Point, other: Point) -> float:
    """The way along the great circle, by the haversine formula."""
    half = math.sin((other[0] - one[0]) / 2) ** 2
    half += math.cos(one[0]) * math.cos(other[0]) * math.sin((other[1] - one[1]) / 2) ** 2
    return 2 * _RADIUS * math.asin(math.sqrt(half))


def _metres(amount: float) -> Decimal:
    return Decimal(f"{amount:.2f}")
