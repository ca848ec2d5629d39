"""The pages, rendered from the very documents that are published beside them: a page shows nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sirekap.figures import Why
from sirekap.geography import NATION, Tier
from sirekap.publish.charts import bar_width, completeness_parts
from sirekap.publish.drawn import drawing, kind
from sirekap.publish.numbers import confidence, data_element, percent, whole
from sirekap.publish.wording import LANGUAGES, OTHER, long_date, wording
from sirekap.record.documents import Document, hundredths
from sirekap.rules.why import beside_text, box_text, why_text

TEMPLATES = Path(__file__).parent / "templates"
TIERS = tuple(tier.name.lower() for tier in Tier if tier is not Tier.STATION)
SHORT = {
    "suara_sah": "short_valid",
    "suara_tidak_sah": "short_invalid",
    "suara_total": "short_total",
    "pemilih_dpt_j": "short_roll",
    "pengguna_total_j": "short_voted",
}
Sizes = Mapping[str, "tuple[int, int] | None"]


class Shown:
    """Numbers of the documents as elements of a page in one language; see `numbers.data_element`."""

    def __init__(self, language: str) -> None:
        """`language` is "id" or "en"."""
        self.language = language
        self.text = wording(language)

    def total(self, unit: Document, key: str, name: str) -> Markup:
        """A figure's sum in a unit, `key` being "settled" or "provisional"."""
        value = unit[key]["sums"].get(name)
        text = self.text("none_yet") if value is None else whole(value, self.language)
        return data_element(value, text, unit=unit["code"], figure=name, sum=key)

    def blanks(self, unit: Document, key: str, name: str) -> Markup:
        """On how many sheets a figure was blank."""
        value = unit[key]["blanks"].get(name, 0)
        text = whole(value, self.language)
        return data_element(value, text, unit=unit["code"], figure=name, sum=f"{key}_blanks")

    def share(self, unit: Document, key: str, name: str) -> Markup:
        """A ticket's share in percent."""
        value = unit[key]["shares"].get(name)
        text = self.text("none_yet") if value is None else percent(value, self.language)
        return data_element(value, text, unit=unit["code"], figure=name, sum=f"{key}_share")

    def turnout(self, unit: Document, key: str) -> Markup:
        """All who voted, compared with the roll, in percent."""
        value = unit[key]["turnout"]
        text = self.text("none_yet") if value is None else percent(value, self.language)
        return data_element(value, text, unit=unit["code"], figure="turnout", sum=key)

    def sheets(self, unit: Document, key: str) -> Markup:
        """How many sheets a sum rests on."""
        value = unit[key]["sheets"]
        return data_element(value, whole(value, self.language), unit=unit["code"], figure="sheets", sum=key)

    def count(self, unit: Document, name: str) -> Markup:
        """A count of a unit's completeness."""
        value = unit["completeness"][name]
        text = self.text("unknown") if value is None else whole(value, self.language)
        return data_element(value, text, unit=unit["code"], figure=name, sum="completeness")

    def figure(self, station: str, name: str, figures: Document) -> Markup:
        """A sheet's figure, or in words why it has none."""
        found = figures.get(name)
        if found is None:
            return data_element(None, self.text("no_photo_of_page"), station=station, figure=name)
        value = found["value"]
        text = self.text(found["status"]) if value is None else whole(value, self.language)
        return data_element(value, text, station=station, figure=name, status=found["status"])


class Pages:
    """Renders every page of one election. `sizes` gives width and height of photographs and cuts."""

    def __init__(self, election: Document, sizes: Sizes) -> None:
        """`election` is the document of /data/election.json."""
        self.election = election
        self.sizes = sizes
        self._shown = {language: Shown(language) for language in LANGUAGES}

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["bar_width"] = bar_width
        return environment

    def start(self, language: str, nation: Document, *, at_root: bool = False) -> bytes:
        """The start page of a language; `at_root` for /index.html, which is the Indonesian one."""
        base = "" if at_root else "../"
        return self._render("start.html", language, base, "index.html", unit=nation, parts=self._parts(nation))

    def about(self, language: str) -> bytes:
        """How to check everything oneself, and what the words mean."""
        return self._render("about.html", language, "../", "about.html", tiers=TIERS)

    def area(self, language: str, unit: Document, *, standing: str | None = None) -> bytes:
        """A unit of any tier; `standing` says where its plenary stands, None where none was opened."""
        names = {figure["name"] for figure in self.election["figures"]}
        short = {t["figure"]: ("short_ticket", t["number"]) for t in self.election["tickets"]}
        short |= {name: (key, "") for name, key in SHORT.items() if name in names}
        completeness = unit["completeness"]
        whole_known = completeness["expected"] and not completeness["unknown_villages"]
        share = hundredths(completeness["present"], completeness["expected"]) if whole_known else None
        return self._render(
            "area.html",
            language,
            "../../",
            f"units/{unit['code']}.html",
            unit=unit,
            parts=self._parts(unit),
            short=short,
            present_percent=None if share is None else percent(share, language),
            standing=standing,
        )

    def station(
        self, language: str, document: Document, *, has_reading: bool = False, corrections: Sequence[Any] = ()
    ) -> bytes:
        """One sheet with its figures, findings and photographs; `has_reading`: it has a page of `reading` too.

        `corrections` are those of its district's plenary (`recap_pages.Told`).
        """
        figures = document["figures"]
        by_status: dict[str, list[str]] = {"read": [], "blank": [], "illegible": [], "absent": []}
        for field in self.election["figures"]:
            found = figures.get(field["name"])
            by_status["absent" if found is None else found["status"]].append(field["name"])
        # A confirmed figure is a person's word; how well the sheet was read is told by the machine's.
        read = [figure.get("machine", figure) for figure in figures.values()]
        lowest = min((figure["confidence"] for figure in read if figure["status"] == "read"), default=None)
        return self._render(
            "station.html",
            language,
            "../../",
            f"stations/{document['station']}.html",
            station=document,
            village=document["path"][-2],
            fields={field["name"]: field for field in self.election["figures"]},
            groups=self._groups(),
            by_status=by_status,
            lowest=lowest,
            page_photo=_page_photos(document),
            has_reading=has_reading,
            corrections=corrections,
        )

    def reading(self, language: str, document: Document) -> bytes:
        """What one sheet's figures rest on, box by box; `document` is that of /data/readings/<code>.json."""
        return self._render(
            "reading.html",
            language,
            "../../",
            f"readings/{document['station']}.html",
            station=document,
            village=document["path"][-2],
            fields={field["name"]: field for field in self.election["figures"]},
            groups=sorted(self._groups(), key=lambda item: item[0]),
            drawings={photo["page"]: drawing(photo, document["figures"]) for photo in document["photos"]},
            numbers=_numbers(self.election["figures"]),
            whys={name: Why.from_json(found["why"]) for name, found in document["figures"].items()},
            why_text=why_text,
            box_text=box_text,
            beside_text=beside_text,
            kind=kind,
        )

    def recap(self, language: str, unit: str, values: Mapping[str, Any]) -> bytes:
        """A unit's plenary; `values` are those of `recap_pages.recap_values`."""
        return self._render("recap.html", language, "../../", f"recap/{unit}.html", **values)

    def _groups(self) -> list[tuple[int, list[Document]]]:
        """The form's figures by page, the page with the votes first: it is what people come for."""
        votes = {ticket["figure"] for ticket in self.election["tickets"]}
        fields = self.election["figures"]
        pages: list[int] = self.election["pages"]
        first = next((field["page"] for field in fields if field["name"] in votes), pages[0])
        order = [page for page in pages if page >= first] + [page for page in pages if page < first]
        return [(page, [field for field in fields if field["page"] == page]) for page in order]

    def _parts(self, unit: Document) -> Any:
        return completeness_parts(unit["completeness"])

    def _render(self, template: str, language: str, base: str, here: str, **values: Any) -> bytes:
        other = OTHER[language]
        text = wording(language)
        page = self._environment.get_template(template).render(
            language=language,
            other=other,
            base=base,
            home=f"{base}{language}/",
            here=here,
            nation=NATION,
            t=text,
            t_other=wording(other),
            n=self._shown[language],
            election=self.election,
            tickets={ticket["figure"]: ticket for ticket in self.election["tickets"]},
            day=long_date(date.fromisoformat(self.election["day"]), language),
            whole=lambda value: whole(value, language),
            confidence=lambda value: confidence(value, language),
            sizes=self.sizes,
            **values,
        )
        return page.encode()


def _page_photos(document: Document) -> dict[int, str]:
    """The photograph that each page was read from."""
    return {
        photo["page"]: photo["published"]
        for photo in document["photos"]
        if photo["role"] == "used" and photo["page"] is not None
    }


def _numbers(fields: list[Document]) -> dict[str, int]:
    """Each figure's number among those of its page, as the drawing shows it."""
    counts: dict[int, int] = {}
    numbers = {}
    for field in fields:
        counts[field["page"]] = numbers[field["name"]] = counts.get(field["page"], 0) + 1
    return numbers
