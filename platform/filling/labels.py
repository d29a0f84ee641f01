"""QR codes of a service and its places: the addresses that they say, and the labels that its owner prints."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

from banshi.platform.documents.labels import ACROSS, DOWN, Label, labels_pdf
from banshi.platform.errors import NotAllowed, NotFound, plain_failures
from banshi.platform.filling.address import refusal
from banshi.platform.forms.targets import targets_of
from banshi.platform.people.directory import Person
from banshi.platform.publishing.library import Library, owns
from banshi.platform.service.model import Service
from banshi.platform.workbook.columns import plain
from banshi.rules.cells import Cell

MOST_LABELS = ACROSS * DOWN * 20
"""Labels of one file: twenty pages."""
_ENGLISH = ("english_name", "英文名", "english", "name_en")


@plain_failures
class LabelDesk:
    """See the module."""

    def __init__(self, library: Library) -> None:
        self._library = library

    def parts(self, person: Person, service_id: str) -> int:
        """How many files the labels of a service fill; none where it has no form."""
        service = self._service(person, service_id)
        return -(-(1 + len(places_of(service))) // MOST_LABELS) if service.survey else 0

    def labels(self, person: Person, service_id: str, base: str, part: int = 1) -> tuple[str, bytes]:
        """The labels of a service and its places, a file of them: its name, and a PDF. `base` is where people reach the hall."""
        service = self._service(person, service_id)
        start = (part - 1) * MOST_LABELS
        wanted = labels_of(service, base)[start : start + MOST_LABELS] if part > 0 and service.survey else []
        if not wanted:
            raise NotFound("service", service_id)
        title = service.settings.title.get()
        return f"{title}-QR-{part}.pdf", labels_pdf(title, wanted)

    def _service(self, person: Person, service_id: str) -> Service:
        service = self._library.service(service_id)
        if not owns(person, service):
            raise NotAllowed
        return service


def labels_of(service: Service, base: str) -> list[Label]:
    """The label of the service itself, then one for each of its places."""
    title = service.settings.title.get("zh"), service.settings.title.get("en")
    titles = title if title[0] != title[1] else (title[0], "")
    labels = [Label(address=form_address(base, service, {}), title=titles)]
    for row in places_of(service):
        column = service.settings.places_column or next(iter(row))
        english = next((cell.text for name, cell in row.items() if plain(name) in map(plain, _ENGLISH)), "")
        address = form_address(base, service, given_by(service, row))
        labels.append(Label(address=address, title=titles, place=(row[column].text, english)))
    return labels


def places_of(service: Service) -> list[Mapping[str, Cell]]:
    """The rows of the data sheet that the service names for its places."""
    dataset = service.datasets.get(service.settings.places)
    return [row for row in dataset.rows if any(not cell.blank for cell in row.values())] if dataset else []


def given_by(service: Service, row: Mapping[str, Cell]) -> dict[str, str]:
    """What a place fills in: its columns that are called as questions which take an answer from an address."""
    known = {plain(name): name for name in targets_of(service)}
    found = {
        known[plain(column)]: cell.text for column, cell in row.items() if plain(column) in known and not cell.blank
    }
    return {name: text for name, text in found.items() if refusal(service, name) is None}


def form_address(base: str, service: Service, given: Mapping[str, str]) -> str:
    """The address that opens the form of a service with some answers."""
    query = f"?{urlencode(given, quote_via=quote)}" if given else ""
    return f"{base.rstrip('/')}/form/{quote(service.settings.id)}{query}"
