"""An evidence bundle in the making: its archive, and what all its parts share."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sirekap.access import ROLES, Act, may
from sirekap.forms import Form
from sirekap.geography import Tier, path_of, tier_of
from sirekap.record.canonical import canonical
from sirekap.record.evidence import ending_of
from sirekap.record.stored_zip import StoredZip
from sirekap.store.accounts import mandates_of
from sirekap.store.loading import iso
from sirekap.store.models import Unit
from sirekap.store.setup import Workspace


@dataclass
class Bundle:
    """What is put into the archive so far; `last` is the moment of the last thing that was told since `begin`,
    `receipts` whether a signed receipt is among it.

    One file at a time is held in memory, beside the names of all.
    """

    workspace: Workspace
    contest: str
    form: Form
    archive: StoredZip
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    last: datetime | None = None
    photographs: int = 0
    receipts: bool = False
    _objects: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def put(self, path: str, data: bytes) -> str:
        """Put a file in; its path."""
        self.archive.add(path, data)
        self.files[path] = (len(data), sha256(data).hexdigest())
        return path

    def put_json(self, path: str, tree: Any) -> str:
        """Put a document in, as canonical JSON; its path."""
        return self.put(path, canonical(tree))

    def put_object(self, stem: str, digest: str) -> str:
        """Put kept bytes in under a name to which an ending is added, once; the path.

        Raises InputError where they are missing or changed.
        """
        if stem not in self._objects:
            data = self.workspace.objects.get(digest)
            self._objects[stem] = self.put(f"{stem}.{ending_of(data)}", data)
        return self._objects[stem]

    def put_photo(self, stem: str, digest: str) -> str:
        """Put a photograph in as it was received, and count it."""
        self.photographs += stem not in self._objects
        return self.put_object(stem, digest)

    def begin(self) -> None:
        """A part begins that has a last moment of its own: what happens elsewhere does not change it."""
        self.last = None

    def told(self, at: datetime) -> str:
        """A time as documents write it; the latest one is kept."""
        self.last = at if self.last is None else max(self.last, at)
        return iso(at)

    def name_of(self, code: str) -> str:
        """A unit's or station's name: "TPS 001"."""
        if tier_of(code) is Tier.STATION:
            return f"TPS {code[-3:]}"
        if code not in self._names:
            name = self.workspace.rows(Unit).filter(code=code).values_list("name", flat=True).first()
            self._names[code] = name or code
        return self._names[code]

    def path_to(self, code: str) -> list[dict[str, str]]:
        """The way from the nation down, as documents write it."""
        return [{"code": part, "name": self.name_of(part)} for part in path_of(code)]

    def who(self, account: Any, act: Act, station: str, at: datetime) -> str:
        """Who acted, in words: the role that allowed it then, its unit, the login, as findings are answered for.

        The login alone where no mandate of that time is known.
        """
        for mandate in mandates_of(self.workspace, account, at):
            if may((mandate,), act, station):
                unit = mandate.unit
                place = self.name_of(unit)
                if tier_of(unit) is Tier.STATION:
                    place = f"{place}, {self.name_of(unit[:-3])}"
                parts = (ROLES[mandate.role].name, mandate.stands_for or "", place, f"({account.login})")
                return " ".join(part for part in parts if part)
        return str(account.login)
