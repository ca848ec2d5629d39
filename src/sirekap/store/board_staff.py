"""How much each account typed and decided at the review desk, and how often its entries agreed with another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from sirekap.geography import NATION
from sirekap.store.desk import SKIPPED
from sirekap.store.models import Account, DeskClaim, DeskEntry
from sirekap.store.ranges import within
from sirekap.store.rounds import BLIND, RESOLUTION
from sirekap.store.setup import Workspace


@dataclass(frozen=True, slots=True)
class Work:
    """One account's work in a unit: blind entries `typed`, `decided` as the third person, sheets `skipped`.

    `paired` of the typed have a second entry beside them; `agreed` of those are the same.
    """

    login: str
    name: str
    typed: int
    decided: int
    paired: int
    agreed: int
    skipped: int

    @property
    def agreed_percent(self) -> int | None:
        """The agreed share in whole percent; None where nothing was paired yet."""
        return None if not self.paired else round(100 * self.agreed / self.paired)


def staff(workspace: Workspace, contest: str, code: str, start: int = 0, many: int = 50) -> list[Work]:
    """Some accounts that took sheets of a unit, by login."""
    claims = _of(workspace.rows(DeskClaim), contest, code)
    accounts = workspace.rows(Account).order_by("login")
    if code == NATION:
        accounts = accounts.filter(Exists(claims.filter(account=OuterRef("pk"))))
    else:  # their keys first: databases would walk all accounts of the nation for the first page
        keys = claims.order_by().values_list("account_id", flat=True).distinct()
        accounts = accounts.filter(pk__in=list(keys))
    return of_accounts(workspace, contest, code, list(accounts[start : start + many]))


def of_accounts(workspace: Workspace, contest: str, code: str, accounts: Sequence[Any]) -> list[Work]:
    """The work of these accounts."""
    keys = [account.pk for account in accounts]
    entries = _of(workspace.rows(DeskEntry), contest, code).filter(account_id__in=keys)
    totals = (
        entries.order_by()
        .values("account_id")
        .annotate(typed=Count("id", filter=Q(number__in=BLIND)), decided=Count("id", filter=Q(number=RESOLUTION)))
    )
    typed = {row["account_id"]: row for row in totals}
    paired, agreed = _pairs(workspace, entries)
    skips = _of(workspace.rows(DeskClaim), contest, code).filter(account_id__in=keys, end__how=SKIPPED)
    skipped = dict(skips.order_by().values_list("account_id").annotate(many=Count("id")))
    return [
        Work(
            account.login,
            account.name,
            typed.get(account.pk, {}).get("typed", 0),
            typed.get(account.pk, {}).get("decided", 0),
            paired.get(account.pk, 0),
            agreed.get(account.pk, 0),
            skipped.get(account.pk, 0),
        )
        for account in accounts
    ]


def _pairs(workspace: Workspace, entries: Any) -> tuple[dict[int, int], dict[int, int]]:
    """By account how many of its blind entries have another beside them, and how many of those are the same."""
    beside = workspace.rows(DeskEntry).filter(
        version=OuterRef("version"), round=OuterRef("round"), number=BLIND[1]
    )
    blind = entries.filter(number__in=BLIND).order_by().values_list("account_id")
    paired = dict(blind.filter(Exists(beside)).annotate(many=Count("id")))
    agreed = dict(blind.filter(Exists(beside.filter(answer__outcome="agreed"))).annotate(many=Count("id")))
    return paired, agreed


def _of(rows: Any, contest: str, code: str) -> Any:
    """Rows of a unit's sheets in a contest."""
    rows = rows.filter(sheet__contest_id=contest)
    return rows if code == NATION else rows.filter(within("sheet__station", [code]))
