"""Remarks on a photograph: what is wrong with it and what to do, in the two languages of the screens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sirekap.forms.model import Label

REFUSE, WARN = "refuse", "warn"
LABELS: Mapping[str, Label] = {
    "no-form": Label(
        "formulir tidak ditemukan; foto seluruh lembar, rata, dengan cahaya merata",
        "no form found; photograph the whole sheet, flat, in even light",
    ),
    "blurred": Label("kabur; tahan ponsel diam dan fokuskan", "blurred; hold the phone still and let it focus"),
    "cut": Label(
        "terpotong di tepi ini; foto seluruh lembar", "cut off at this edge; photograph the whole sheet"
    ),
    "glare": Label(
        "silau menutupi isian ini; jauhkan lampu atau miringkan ponsel",
        "glare over these figures; move the lamp or tilt the phone",
    ),
    "small": Label("lembar terlalu kecil di foto; dekatkan ponsel", "the sheet is too small; go closer"),
    "dark": Label("terlalu gelap; tambah cahaya", "too dark; add light"),
    "shadow": Label(
        "bayangan di atas isian ini; jangan menghalangi cahaya",
        "shadow over these figures; do not stand in the light",
    ),
    "unseen": Label(
        "kotak isian ini tidak terlihat jelas; ratakan lembar dan singkirkan tangan",
        "the boxes of these figures are not clearly seen; flatten the sheet and take hands away",
    ),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing wrong with a photograph: `where` are figures' names or sides of the page, empty for all of it."""

    code: str
    where: tuple[str, ...]
    severity: str

    @property
    def label(self) -> Label:
        """What is wrong and what to do, in both languages."""
        return LABELS[self.code]

    def said(self, language: str) -> str:
        """The remark in one sentence, with where."""
        where = f" ({', '.join(self.where)})" if self.where else ""
        return self.label.of(language) + where

    def as_json(self) -> dict[str, Any]:
        """A JSON object; the wording is kept beside the code for readers without this program."""
        label = {"id": self.label.id, "en": self.label.en}
        return {"code": self.code, "where": list(self.where), "severity": self.severity, "label": label}

    @classmethod
    def from_json(cls, tree: Mapping[str, Any]) -> Remark:
        """The remark of `as_json`."""
        return cls(tree["code"], tuple(tree["where"]), tree["severity"])
