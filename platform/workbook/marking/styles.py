"""The colours of marked cells in styles.xml: for every style of a faulty cell one that is the same but for its fill."""

from __future__ import annotations

import re

from banshi.platform.workbook.marking.splicing import Element, Spliced, attribute

COLOURS = {"error": "FFF4B6B6", "warning": "FFFFE9A8", "notice": "FFD7E8FA"}
"""Fills by severity, the worst first."""

_FILL_ID = re.compile(r"""\sfillId\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(r"<[^\s/>]+")
_APPLY = re.compile(r"""\sapplyFill\s*=\s*("[^"]*"|'[^']*')""")


class Styles:
    """styles.xml with the styles that marking adds. A style is a number, as cells name it."""

    def __init__(self, data: bytes) -> None:
        self._part = Spliced(data)
        root = self._part.root
        self._fills, self._xfs = root.find("fills"), root.find("cellXfs")
        self._fill_elements = list(self._fills.all("fill")) if self._fills else []
        self._fill_kinds = [_described(fill) for fill in self._fill_elements]
        self._sources = [self._part.source(xf) for xf in self._xfs.all("xf")] if self._xfs else []
        self._ids = [int(xf.attributes.get("fillId", "0")) for xf in self._xfs.all("xf")] if self._xfs else []
        self._known = {"fills": len(self._fill_kinds), "xfs": len(self._sources)}

    def own_fill(self, style: int) -> str | None:
        """The author's fill of a style as `rgb=FFDDEBF7`; blank without one; None for one that only Excel can make again."""
        return self._kind(style) if 0 <= style < len(self._ids) else None

    def marked(self, style: int, severity: str) -> int:
        """The same style with the colour of a severity. One with a pattern or gradient stays: it could not come back."""
        return style if self.own_fill(style) is None else self._filled(style, f"rgb={COLOURS[severity]}")

    def unmarked(self, style: int, former: str) -> int:
        """The style as it was before a mark coloured it, with its former fill; others stay."""
        ours = {f"rgb={colour}" for colour in COLOURS.values()}
        return self._filled(style, former) if self.own_fill(style) in ours else style

    def result(self) -> bytes:
        """The part with what was added."""
        for holder, items, known in (
            (self._fills, [_fill(self._fills, kind) for kind in self._fill_kinds[self._known["fills"] :]], "fills"),
            (self._xfs, self._sources[self._known["xfs"] :], "xfs"),
        ):
            if holder is not None and items:
                self._part.append(holder, "".join(items))
                self._part.set(holder, "count", str(self._known[known] + len(items)))
        return self._part.result()

    def _kind(self, style: int) -> str | None:
        fill = self._ids[style]
        return self._fill_kinds[fill] if 0 <= fill < len(self._fill_kinds) else ""

    def _filled(self, style: int, kind: str) -> int:
        if kind not in self._fill_kinds:
            self._fill_kinds.append(kind)
        fill = self._fill_kinds.index(kind)
        source = _APPLY.sub("", self._sources[style], count=1)
        applied = ' applyFill="1"' if kind else ""
        source, count = _FILL_ID.subn(f' fillId="{fill}"{applied}', source, count=1)
        if not count:
            source = _NAME.sub(rf'\g<0> fillId="{fill}"{applied}', source, count=1)
        same = _APPLY.sub("", source, count=1)
        for known, other in enumerate(self._sources):
            if _APPLY.sub("", other, count=1) == same:
                return known
        self._sources.append(source)
        self._ids.append(fill)
        return len(self._sources) - 1


def _described(fill: Element) -> str | None:
    pattern = fill.find("patternFill")
    if pattern is None:
        return None
    kind = pattern.attributes.get("patternType", "none")
    if kind == "none":
        return ""
    colour = pattern.find("fgColor")
    if kind != "solid" or colour is None:
        return None
    return " ".join(f"{name}={value}" for name, value in sorted(colour.attributes.items()))


def _fill(holder: Element | None, kind: str | None) -> str:
    prefix = holder.prefix if holder else ""
    if not kind:
        return f'<{prefix}fill><{prefix}patternFill patternType="none"/></{prefix}fill>'
    facts = " ".join(f"{name}={attribute(value)}" for name, _, value in (fact.partition("=") for fact in kind.split()))
    return (
        f'<{prefix}fill><{prefix}patternFill patternType="solid"><{prefix}fgColor {facts}/>'
        f'<{prefix}bgColor indexed="64"/></{prefix}patternFill></{prefix}fill>'
    )
