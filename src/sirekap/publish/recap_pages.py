"""A plenary's page, and what units' and stations' pages say of plenaries, from the published documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from sirekap.geography import Tier, tier_of
from sirekap.publish.numbers import data_element
from sirekap.publish.pages import SHORT
from sirekap.recap import Attended, Corrected, Plenary, Stage, from_json, play
from sirekap.recap.plenary import ObjectionState
from sirekap.record.documents import Document
from sirekap.record.moments import moment, whole
from sirekap.record.recap_state import How
from sirekap.record.recap_words import (
    Label,
    Names,
    act_text,
    attended_text,
    corrected_text,
    listed_corrections,
    moved_text,
    objected_text,
    outcome_text,
    place_text,
    standing_text,
    value_text,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit's plenary stands: its stage and the times of its closings."""

    stage: Stage
    closings: tuple[str, ...]

    def text(self, language: str) -> str:
        """In words."""
        return standing_text(self.stage, self.closings, language)


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the minutes, with who said it and when (ISO 8601, and in words)."""

    text: str
    who: str
    at: str
    moment: str


def told_corrections(
    acts: Iterable[Corrected], election: Document, names: Names, language: str
) -> tuple[Told, ...]:
    """Corrections as the page of a station that they are of tells them."""
    label = labels(election, language)
    return tuple(
        Told(corrected_text(act, label, names, language), act.who, act.at, moment(act.at, language))
        for act in acts
    )


class RecapShown:
    """A plenary's numbers and sentences as a page in one language shows them."""

    def __init__(self, recap: Document, language: str, label: Label, names: Names) -> None:
        """`label` gives a figure's label in that language, `names` the units' names by code."""
        self.recap, self.language, self.label, self.names = recap, language, label, names

    def sum(self, version: Document, key: str, name: str) -> Markup:
        """A figure of a version: `key` is "sheets", "below" or "certified"."""
        value = version[key][name]
        shown = value_text(value, self.language)
        return data_element(value, shown, unit=self.recap["unit"], figure=name, sum=key)

    def difference(self, version: Document, name: str) -> Markup:
        """What the corrections change of a figure, with its sign."""
        value = (version["certified"][name] or 0) - (version["sheets"][name] or 0)
        shown = f"{'+' if value > 0 else ''}{whole(value, self.language)}"
        return data_element(value, shown, unit=self.recap["unit"], figure=name, sum="difference")

    def count(self, code: str, name: str, value: int) -> Markup:
        """How many of a unit are `name`: stations expected, counted, corrected; corrections unlisted; acts."""
        return data_element(value, whole(value, self.language), unit=code, figure="count", sum=name)

    def moment(self, at: str) -> str:
        """A time in words."""
        return moment(at, self.language)

    def place(self, code: str) -> str:
        """A station or unit."""
        return place_text(code, self.names)

    def act(self, act: Any) -> str:
        """A line of the minutes."""
        return act_text(act, self.label, self.names, self.language)

    def correction(self, act: Corrected) -> str:
        """A correction."""
        return corrected_text(act, self.label, self.names, self.language)

    def objection(self, state: ObjectionState) -> str:
        """An objection or special event."""
        return objected_text(state.act, self.names, self.language)

    def outcome(self, state: ObjectionState) -> str:
        """What became of it."""
        return outcome_text(state, self.language)

    def attended(self, act: Attended) -> str:
        """Somebody of the attendance list."""
        return attended_text(act, self.language)

    def name(self, code: str) -> str:
        """A station or unit by its name alone."""
        return f"TPS {code[-3:]}" if tier_of(code) is Tier.STATION else self.names.get(code, code)

    def link(self, code: str, home: str) -> str:
        """Where a station's sheet or a unit's plenary is shown."""
        return f"{home}{'stations' if tier_of(code) is Tier.STATION else 'recap'}/{code}.html"

    def moved(self, item: Document) -> str:
        """A station whose sheet moved."""
        return moved_text(item["station"], How(item["how"]), self.names, self.language)


def labels(election: Document, language: str) -> Label:
    """A figure's label by its name: a ticket's number and name, else the form's words."""
    tickets = {item["figure"]: f"{item['number']} · {item['name']}" for item in election["tickets"]}
    words = {item["name"]: item["label"][language] for item in election["figures"]}
    return lambda name: str(tickets.get(name) or words[name])


def recap_values(
    recap: Document, certificate: Document | None, election: Document, language: str, names: Names
) -> Mapping[str, Any]:
    """What the template shows of a plenary; `certificate` is that of the last version."""
    acts = [from_json(tree) for tree in recap["acts"]]
    minutes = play(acts)
    last = recap["versions"][-1] if recap["versions"] else None
    listed = () if last is None else listed_corrections(recap["unit"], last["corrections"])
    short = {*SHORT, *(ticket["figure"] for ticket in election["tickets"])}
    head = [field for field in election["figures"] if field["name"] in short]
    standing = Standing(minutes.stage, tuple(version["closed_at"] for version in recap["versions"]))
    return {
        "recap": recap,
        "standing": standing.text(language),
        "tier": tier_of(recap["unit"]).name.lower(),
        "district": tier_of(recap["unit"]) is Tier.DISTRICT,
        "acts": acts,
        "minutes": minutes,
        "last": last,
        "certificate": certificate,
        "head": head or election["figures"],
        "rest": [field for field in election["figures"] if field["name"] not in short] if head else [],
        "changed": () if last is None else _changed(last, listed, election),
        "unlisted": 0 if last is None else len(last["corrections"]) - len(listed),
        "parts": () if certificate is None else _parts(certificate, minutes),
        "r": RecapShown(recap, language, labels(election, language), names),
    }


def _changed(
    version: Document, listed: Iterable[Corrected], election: Document
) -> list[tuple[str, list[Corrected]]]:
    """The figures that corrections changed, in the form's order, each with those that are listed."""
    found: dict[str, list[Corrected]] = {tree["figure"]: [] for tree in version["corrections"]}
    for act in listed:
        found[act.figure].append(act)
    return [(field["name"], found[field["name"]]) for field in election["figures"] if field["name"] in found]


def _parts(certificate: Document, minutes: Plenary) -> Iterable[Mapping[str, Any]]:
    """A district's villages, above it the units below: how many stations are counted and corrected."""
    groups = certificate["groups"]
    district = tier_of(certificate["path"][-1]["code"]) is Tier.DISTRICT
    lists = groups if district else [{"place": c["place"], "columns": [c]} for g in groups for c in g["columns"]]
    corrected = {item.part for item in minutes.corrections}
    return [
        {
            "code": item["place"]["code"],
            "name": item["place"]["name"],
            "stations": sum(column["stations"] for column in item["columns"]),
            "corrected": sum(column["place"]["code"] in corrected for column in item["columns"]),
        }
        for item in lists
    ]
