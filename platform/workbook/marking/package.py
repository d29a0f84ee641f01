"""The zip of a workbook whose parts are copied as they are, but for those that were changed, added or taken away."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from io import BytesIO

from banshi.platform.workbook.marking.splicing import Spliced, attribute

_TYPES = "[Content_Types].xml"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of a part: its id, the last word of its type, the type, the part that it points to (blank outside the file)."""

    id: str
    kind: str
    type: str
    part: str


class Package:
    """The parts of a workbook by name. The archive has passed `safety.open_archive`."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._old = {info.filename: info for info in archive.infolist()}
        self._changed: dict[str, bytes | None] = {}

    def __contains__(self, part: str) -> bool:
        return self._changed.get(part, b"") is not None and (part in self._old or part in self._changed)

    def read(self, part: str) -> bytes:
        """A part as it stands now; raises KeyError where there is none."""
        data = self._changed[part] if part in self._changed else self._archive.read(part)
        if data is None:
            raise KeyError(part)
        return data

    def write(self, part: str, data: bytes) -> None:
        """Change or add a part."""
        if part not in self or data != self.read(part):
            self._changed[part] = data

    def write_xml(self, part: str, xml: str) -> None:
        """Add a part, which gets its declaration."""
        self.write(part, (_DECLARATION + xml).encode())

    def relations(self, part: str) -> list[Relation]:
        """What a part (or the package, under a blank name) points to."""
        name = _relations_of(part)
        if name not in self:
            return []
        folder = posixpath.dirname(part)
        return [
            Relation(
                item.attributes.get("Id", ""),
                item.attributes.get("Type", "").rpartition("/")[2],
                item.attributes.get("Type", ""),
                ""
                if item.attributes.get("TargetMode") == "External"
                else posixpath.normpath(posixpath.join("/", folder, item.attributes.get("Target", ""))).lstrip("/"),
            )
            for item in Spliced(self.read(name)).root.all("Relationship")
        ]

    def type_base(self) -> str:
        """What the types of relations begin with: they differ between transitional and strict workbooks."""
        kinds = (one.type for one in self.relations("") if one.kind == "officeDocument")
        return next(kinds, _OFFICE + "officeDocument").removesuffix("officeDocument")

    def relate(self, part: str, kind: str, target: str) -> str:
        """Let a part point to another one by a full type; the id of the relation."""
        taken = {relation.id for relation in self.relations(part)}
        made = next(name for n in range(1, len(taken) + 2) if (name := f"rId{n}") not in taken)
        # Absolute targets are read by everybody, wherever the part stands.
        facts = f"Id={attribute(made)} Type={attribute(kind)} Target={attribute('/' + target)}"
        name = _relations_of(part)
        if name not in self:
            self.write_xml(name, f'<Relationships xmlns="{_RELATIONSHIPS}"><Relationship {facts}/></Relationships>')
            return made
        spliced = Spliced(self.read(name))
        spliced.append(spliced.root, f"<{spliced.root.prefix}Relationship {facts}/>")
        self.write(name, spliced.result())
        return made

    def unrelate(self, part: str, relation: str) -> None:
        """Take away a relation."""
        name = _relations_of(part)
        spliced = Spliced(self.read(name))
        for item in spliced.root.all("Relationship"):
            if item.attributes.get("Id") == relation:
                spliced.replace(item, "")
        self.write(name, spliced.result())

    def declare(self, part: str, content_type: str) -> None:
        """Say what a part that was added is."""
        types = Spliced(self.read(_TYPES))
        facts = f"PartName={attribute('/' + part)} ContentType={attribute(content_type)}"
        types.append(types.root, f"<{types.root.prefix}Override {facts}/>")
        self.write(_TYPES, types.result())

    def declare_extension(self, extension: str, content_type: str) -> None:
        """Say what parts with an extension are, where that is not said yet."""
        types = Spliced(self.read(_TYPES))
        known = {item.attributes.get("Extension", "").lower() for item in types.root.all("Default")}
        if extension not in known:
            facts = f"Extension={attribute(extension)} ContentType={attribute(content_type)}"
            types.put(types.root.inside, f"<{types.root.prefix}Default {facts}/>")
            self.write(_TYPES, types.result())

    def remove(self, part: str) -> None:
        """Take away a part, its relations and what is said of it."""
        types = Spliced(self.read(_TYPES))
        for item in types.root.all("Override"):
            if item.attributes.get("PartName", "").lstrip("/").casefold() == part.casefold():
                types.replace(item, "")
        self.write(_TYPES, types.result())
        self._changed |= {part: None, _relations_of(part): None}

    def free(self, pattern: str) -> str:
        """A name for a new part: `xl/comments{}.xml` with the first number that is free."""
        taken = {name.casefold() for name in (*self._old, *self._changed) if name in self}
        return next(name for n in range(1, len(taken) + 2) if (name := pattern.format(n)).casefold() not in taken)

    def count(self, ending: str) -> int:
        """How many parts have names that end so."""
        return sum(name.lower().endswith(ending) for name in {*self._old, *self._changed})

    def saved(self) -> bytes:
        """The file: parts in their old order and with their old dates, new ones at the end."""
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
            for name, old in self._old.items():
                if name in self:
                    info = zipfile.ZipInfo(name, old.date_time)
                    stored = old.compress_type == zipfile.ZIP_STORED
                    info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                    info.external_attr = old.external_attr
                    made.writestr(info, self.read(name))
            for name, data in self._changed.items():
                if name not in self._old and data is not None:
                    made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        return buffer.getvalue()


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
