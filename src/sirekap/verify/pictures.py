"""The photographs and cuts that sheets rest on: each figure's own, and none shared between stations."""

from __future__ import annotations

from collections.abc import Collection

from sirekap.figures import Status
from sirekap.forms import Form
from sirekap.verify.report import VerifyReport
from sirekap.verify.shapes import Document, nested, objects, text, text_or_none


class Pictures:
    """What the sheets read so far rest on. `listed` are the paths of the manifest."""

    def __init__(self, listed: Collection[str], report: VerifyReport) -> None:
        """Nothing is used yet; cuts are asked for only where the tree has any."""
        self.report = report
        self.with_cuts = any(path.startswith("cuts/") for path in listed)
        self._used: dict[str, str] = {}
        self._written: set[int] = set()  # hashes, because a nation has tens of millions of cuts
        self._blank: set[int] = set()

    def check(self, file: str, document: Document, counted: bool, form: Form) -> None:
        """One sheet whose shape has been read."""
        used = {
            (photo.get("page"), text(photo, "published"))
            for photo in objects(document, "photos")
            if photo.get("role") == "used"
        }
        for item in objects(document, "photos"):
            if item.get("role") == "used":
                self._check_own(file, text(item, "published"))
        for name, item in nested(document, "figures").items():
            page, photo, cut = form.field(name).page, text_or_none(item, "photo"), text_or_none(item, "cut")
            if photo is None:
                if counted:
                    self.report.add(file, f"figures.{name}.photo", "the photograph it was read from", "none")
            elif (page, photo) not in used:
                self.report.add(file, f"figures.{name}.photo", f"a used photograph of page {page}", photo)
            if cut is not None:
                self._check_cut(file, name, cut, item.get("status") == Status.BLANK)
            elif counted and self.with_cuts:
                self.report.add(file, f"figures.{name}.cut", "a cut, as other figures have", "none")

    def _check_own(self, file: str, photo: str) -> None:
        first = self._used.setdefault(photo, file)
        if first != file:
            self.report.add(file, "photos", "a photograph of one station", f"{photo}, used by {first} too")

    def _check_cut(self, file: str, name: str, cut: str, blank: bool) -> None:
        """Two empty boxes may look alike to the last byte; no written one looks like another."""
        mark = hash(cut)
        if mark in self._written or (not blank and mark in self._blank):
            self.report.add(file, f"figures.{name}.cut", "a cut of one figure", f"{cut}, of another too")
        (self._blank if blank else self._written).add(mark)
