"""The catalogue: which services a person sees, and how each is described."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from banshi.platform.errors import NotAllowed, NotFound
from banshi.platform.people.directory import Person
from banshi.platform.people.who import WhoContext, parse_who, resolve
from banshi.platform.publishing.library import Library
from banshi.platform.service.model import Service
from banshi.platform.views import ServiceCard
from banshi.platform.workbook.columns import plain
from banshi.rules.diagnostics import NOWHERE
from banshi.storage.contract import StoredVersion


class Catalogue:
    """The live services as one person sees them."""

    def __init__(self, library: Library, clock: Callable[[], datetime]) -> None:
        self._library = library
        self._clock = clock

    def cards(self, person: Person, query: str, category: str, language: str) -> list[ServiceCard]:
        """The services that a person may apply for, by category and title; every word of the query must be found."""
        words = plain(query).split()
        cards = [
            self._card(service, version, language)
            for service, version in self._library.live.values()
            if service.survey is not None and self.may_apply(person, service) and _matches(service, words)
        ]
        cards = [card for card in cards if not category or card.category == category]
        return sorted(cards, key=lambda card: (card.category, card.title))

    def categories(self, language: str) -> list[str]:
        """The categories of the live services."""
        texts = (service.settings.category.get(language) for service in self._library.services)
        return sorted({text for text in texts if text})

    def card(self, person: Person, service_id: str, language: str) -> ServiceCard:
        """One service, for a person who may apply for it."""
        if service_id not in self._library.live:
            raise NotFound("service", service_id)
        service, version = self._library.live[service_id]
        self.ensure_may_apply(person, service)
        return self._card(service, version, language)

    def _card(self, service: Service, version: StoredVersion, language: str) -> ServiceCard:
        settings = service.settings
        return ServiceCard(
            id=settings.id,
            title=settings.title.get(language),
            category=settings.category.get(language),
            owner=self._library.directory.department_name(settings.owner, language),
            guide=settings.guide.get(language),
            contact=settings.contact.get(language),
            sla=settings.sla.get(language),
            icon=settings.icon,
            version=service.version,
            published_at=version.published_at,
            steps=[step.title(language) for step in service.routing.steps] if service.routing else [],
            source=settings.source.get(language),
            has_form=service.survey is not None,
        )

    def may_apply(self, person: Person, service: Service) -> bool:
        """Whether the service's `applicants` name the person; blank means everybody who is signed in."""
        if not service.settings.applicants:
            return True
        who, _ = parse_who(service.settings.applicants, NOWHERE)
        context = WhoContext(
            directory=self._library.directory, initiator=person, datasets=service.datasets, now=self._clock()
        )
        return who is not None and person.id in {found.id for found in resolve(who, context)}

    def ensure_may_apply(self, person: Person, service: Service) -> None:
        """Raise NotAllowed when the person may not apply."""
        if not self.may_apply(person, service):
            raise NotAllowed("这项服务不面向您开放。", "This service is not open to you.")


def _matches(service: Service, words: Iterable[str]) -> bool:
    settings = service.settings
    texts = [text for item in (settings.title, settings.category, settings.guide) for _, text in item.by_language]
    found = plain(" ".join([*texts, settings.owner, *settings.keywords]))
    return all(word in found for word in words)
