"""What the demo has loaded so far, shared by those who load the rest."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.companies.models import Company
from portal.core.access import Actor
from portal.core.files import FileStore
from portal.needs.models import Need


@dataclass
class Stage:
    """What has been loaded so far, by the refs of the records."""

    session: Session
    now: datetime
    files: FileStore
    companies: dict[str, Company] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    needs: dict[str, Need] = field(default_factory=dict)
    partners: dict[str, str] = field(default_factory=dict)  # ids
    actors: dict[str, Actor] = field(default_factory=dict)  # by e-mail address
    people: dict[str, list[Actor]] = field(default_factory=lambda: defaultdict(list))

    def actor(self, company: str) -> Actor:
        """The person who speaks for a company."""
        return self.people[company][0]

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)
