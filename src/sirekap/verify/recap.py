"""The plenaries of a published tree, read twice: before the sheets, because pages of stations and units speak of
them, and after, from the districts upwards, so that each certificate meets what it rests on.
"""

from __future__ import annotations

import re
from dataclasses import replace

from sirekap.forms import Form
from sirekap.geography import tier_of
from sirekap.recap import Corrected, above
from sirekap.recap import holds_plenary as holds
from sirekap.record.recap_words import STANDING, standing_text
from sirekap.verify.pages import STARTS, Words
from sirekap.verify.reader import large_numbers
from sirekap.verify.recap_certificate import Frame
from sirekap.verify.recap_check import Brief, Context, check_recap
from sirekap.verify.recap_pages import MARK, Says, check_says, corrections_told, read_page
from sirekap.verify.recap_papers import FOLDER as CERTIFICATES
from sirekap.verify.recap_papers import OFFICERS, Papers
from sirekap.verify.recap_shapes import Recap, read_recap
from sirekap.verify.recount import Recount
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Document, Malformed
from sirekap.verify.source import Source, Unreadable

FOLDER = "data/recap/"
_STANDINGS = "|".join(re.escape(text.partition("{")[0]) for pair in STANDING.values() for text in pair)
CERTIFIED = re.compile(_STANDINGS)
SPEAKS = re.compile(f"{MARK}|{_STANDINGS}".encode(), re.IGNORECASE)


class Recaps:
    """The plenaries of a tree. `begin` first, then the pages, then `finish`."""

    def __init__(
        self,
        source: Source,
        readable: set[str],
        form: Form,
        election: Document,
        words: Words,
        report: VerifyReport,
    ) -> None:
        """`readable` are the files that are there, `election` the document of /data/election.json."""
        self.words, self.report = words, report
        stands = {item["figure"]: item["name"] for item in election["tickets"]}
        told = (str(election.get("name")), str(election.get("day")), str(election.get("contest")))
        papers = Papers(source, readable, report)
        self.context = Context(source, readable, Frame(*told, form, stands), words, papers, report)
        self.corrected: dict[str, list[Corrected]] = {}

    def begin(self, names: dict[str, str]) -> None:
        """Read every document for what other pages say of it. `names` are the units' names by code."""
        self.context.names = names
        for file in self._files():
            recap = self._read(file, note=True)
            if recap is None:
                continue
            closings = tuple(version.closed_at for version in recap.versions)
            last = recap.versions[-1].digest if recap.versions else ""
            self.context.briefs[recap.unit] = Brief(recap.minutes.stage, closings, last, recap.moved)
            for act in recap.minutes.corrections:
                self.corrected.setdefault(act.part, []).append(act)

    def says(self, page: str, document: Document, language: str) -> Says:
        """What the page of a document must say of plenaries: a unit's where its own stands, a station's what was
        corrected of it.
        """
        kind = str(document["schema"])
        if kind.startswith("sirekap/station/"):
            acts = self.corrected.get(document["station"], [])
            return {"correction": corrections_told(acts, self.words, self.context.names, language)}
        brief = self.context.briefs.get(str(document.get("code")))
        if brief is None or page in STARTS or not kind.startswith("sirekap/unit/"):
            return {}
        return {"standing": [standing_text(brief.stage, brief.closings, language)]}

    def words_beside(self, says: Says) -> Words:
        """The election's words with the numbers of what a page says of plenaries."""
        numbers = large_numbers("\n".join(text for texts in says.values() for text in texts))
        return replace(self.words, numbers=self.words.numbers | numbers) if numbers else self.words

    def check_beside(self, page: str, html: bytes, says: Says) -> None:
        """A page says these of plenaries, and nothing else."""
        if not any(says.values()) and not SPEAKS.search(html):
            return  # a nation's pages are millions: few are read twice
        reader = read_page(page, html, self.report)
        if reader is None:
            return
        check_says(page, reader, says, self.report)
        if "correction" not in says:  # what people typed may hold any words
            found = len(CERTIFIED.findall(" ".join(reader.free().split())))
            self.report.compare(page, "standing of a plenary", len(says.get("standing", ())), found)

    def finish(self, recount: Recount, sheets: dict[str, str]) -> None:
        """Check them all, from the districts upwards. `sheets` are the facts of every station (`units.facts`)."""
        context = self.context
        context.recount, context.sheets = recount, sheets
        stations: dict[str, list[str]] = {}
        for station in sheets:
            stations.setdefault(station[:6], []).append(station)
        below: dict[str | None, list[str]] = {}
        for code in context.briefs:
            below.setdefault(above(code, context.frame.contest), []).append(code)
        for unit in sorted(context.briefs, key=lambda unit: (-tier_of(unit), unit)):
            file = f"{FOLDER}{unit}.json"
            recap = self._read(file, note=False)
            if recap is not None:
                self.report.plenaries += 1
                check_recap(context, file, recap, stations.get(unit, []))
            for code in below.get(unit, ()):
                context.briefs[code].found.clear()  # nobody but the unit above asks for it
        for path in sorted(context.readable):
            if path.startswith(CERTIFICATES) and path not in context.used and path != OFFICERS:
                self.report.add(path, "unknown", "a certificate or paper of a version", "none that names it")
        context.papers.end()

    def _files(self) -> list[str]:
        return sorted(path for path in self.context.readable if path.startswith(FOLDER))

    def _read(self, file: str, *, note: bool) -> Recap | None:
        """A document of the right shape; `note` tells whether a fault is reported, or was already."""
        context, frame = self.context, self.context.frame
        unit = file.removeprefix(FOLDER).removesuffix(".json")
        try:
            recap = read_recap(context.source.read(file), frame.contest, frame.form.id, frame.form.names)
            if recap.unit != unit or unit not in context.names or not holds(unit, frame.contest):
                raise Malformed(f"the plenary of {unit}, a unit that holds one", f"that of {recap.unit}")
        except (Malformed, Unreadable) as error:
            if note:
                expected = error.expected if isinstance(error, Malformed) else "a file that the manifest lists"
                found = error.found if isinstance(error, Malformed) else str(error)
                self.report.add(file, "malformed", expected, found)
            return None
        return recap
