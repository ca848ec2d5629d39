"""The pages of an evidence bundle in words, rendered from its own documents: they show nothing else.

They need no script, ask no other host for anything, hold their own style and use relative links, so that they can
be read from the unpacked folder and printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sirekap.publish.evidence_wording import moment, wording
from sirekap.publish.numbers import whole
from sirekap.publish.pages import TEMPLATES
from sirekap.publish.wording import LANGUAGES, OTHER
from sirekap.record.evidence import INDEXES

Document = Mapping[str, Any]
FOLDER = TEMPLATES / "evidence"


class EvidencePages:
    """Renders every page of one bundle."""

    def __init__(self, election: Document) -> None:
        """`election` is the bundle's election.json."""
        self.election = election
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"whole": whole, "moment": moment}
        self._environment.globals["differing"] = differing
        self._labels = {language: self._labels_in(language) for language in LANGUAGES}

    def station(self, head: Document, doc: Document, plenary: Document | None) -> dict[str, bytes]:
        """A station of a unit's bundle, by file: its document, and that of its district's plenary."""
        told = {"doc": doc, "plenary": plenary, "cuts": cuts_of(doc), "name": station_name(doc)}
        return self._both("station.html", head, "../../", **told)

    def plenary(self, head: Document, doc: Document, names: Mapping[str, str]) -> dict[str, bytes]:
        """A plenary, by file; `names` are those of its parts by code."""
        return self._both("plenary.html", head, "../../", doc=doc, names=names, name=head["name"])

    def cover(
        self,
        head: Document,
        file: str,
        example: Mapping[str, str] | None,
        station: Document | None = None,
        plenary: Document | None = None,
    ) -> dict[str, bytes]:
        """The bundle's first page, by file; a station's bundle shows the station on it.

        `file` is what the bundle is called, `example` a signed paper with its data and an authority.
        """
        told = {"doc": station, "plenary": plenary, "file": file, "example": example, "name": head["name"]}
        return self._both("cover.html", head, "", cuts=cuts_of(station) if station else {}, **told)

    def _labels_in(self, language: str) -> dict[str, str]:
        """What each figure is called: the form's words, with who stands."""
        return {
            figure["name"]: " · ".join(filter(None, (figure["label"][language], figure["who"])))
            for figure in self.election["figures"]
        }

    def _both(self, template: str, head: Document, base: str, **told: Any) -> dict[str, bytes]:
        pages = {}
        for language in LANGUAGES:
            other = OTHER[language]
            text = self._environment.get_template(template).render(
                language=language,
                other=other,
                index=INDEXES[language],
                other_page=INDEXES[other],
                base=base,
                t=wording(language),
                t_other=wording(other),
                election=self.election,
                labels=self._labels[language],
                head=head,
                **told,
            )
            pages[INDEXES[language]] = text.encode()
        return pages


def station_name(doc: Document) -> str:
    """ "TPS 001, GELORA"."""
    return f"{doc['name']}, {doc['path'][-2]['name']}"


def cuts_of(doc: Document) -> dict[str, str]:
    """By figure the file that shows it: of the newest reading of the photograph that its page was read from."""
    return {
        figure: file
        for photo in doc["photographs"]
        if photo["role"] == "used" and photo["readings"]
        for figure, file in photo["readings"][-1]["cuts"].items()
    }


def differing(doc: Document, copy: Document) -> dict[str, int]:
    """The numbers of a copy, by figure, that are not the sheet's, where both are certain."""
    different: Mapping[str, list[int]] = doc["now"].get("copies_differ", {})
    figures = copy["versions"][-1]["figures"] if copy["versions"] else {}
    return {
        name: figures[name]["value"]
        for name, values in different.items()
        if name in figures and figures[name]["value"] in values
    }
