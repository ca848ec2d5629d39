"""The rules of a form: R01–R14 and from R51 its arithmetic, R20–R24 its warnings, R30–R49 what is no arithmetic.

A number is never given to another rule: published findings keep their meaning for ever.
"""

from __future__ import annotations

from functools import cache

from sirekap.forms import Form, Label, form_of
from sirekap.rules.model import Rule, Severity

ROLL_LIMIT = "R25"
BLANK = "R30"
CONFLICT = "R40"
VOUCHED = "R41"
COPIED = "R42"
DESK_OFFICER = "R43"
DESK_MACHINE = "R44"
TWIN = "R45"


@cache
def rules_of(form_id: str) -> dict[str, Rule]:
    """All rules of a form by number, in their order. Raises InputError for an unknown form."""
    form = form_of(form_id)
    rules = [Rule(e.rule, Severity.ERROR, e.line, e.quote, e.text, (e.total, *e.parts)) for e in form.equations]
    rules += [Rule(a.rule, Severity.WARNING, a.line, a.quote, a.text, (a.small, a.large)) for a in form.at_most]
    rules += _others(form)
    return {rule.number: rule for rule in sorted(rules, key=lambda rule: rule.number)}


def _others(form: Form) -> list[Rule]:
    required = tuple(field.name for field in form.fields if not field.may_be_blank)
    roll = next((field for field in form.fields if field.name == "pemilih_dpt_j"), None)
    rules = [
        Rule(
            BLANK,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Angka yang wajib diisi kosong di atas kertas; kosong bukan nol",
                "A required figure is blank on paper; blank is not zero",
            ),
            required,
        ),
        Rule(
            CONFLICT,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Dua foto halaman yang sama menunjukkan angka yang berbeda",
                "Two photographs of the same page show different figures",
            ),
            form.names,
        ),
        Rule(
            VOUCHED,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Angka yang dikonfirmasi petugas TPS berbeda dari yang jelas terbaca di foto",
                "What the station's officer confirmed differs from what the photograph clearly shows",
            ),
            form.names,
        ),
        Rule(
            COPIED,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Salinan saksi atau pengawas menunjukkan angka yang berbeda",
                "A witness's or supervisor's copy shows different figures",
            ),
            form.names,
        ),
        Rule(
            DESK_OFFICER,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Angka yang diketik dua orang di meja periksa berbeda dari yang dikonfirmasi petugas TPS",
                "What two people typed at the review desk differs from what the station's officer confirmed",
            ),
            form.names,
        ),
        Rule(
            DESK_MACHINE,
            Severity.WARNING,
            "–",
            "",
            Label(
                "Angka yang diketik dua orang di meja periksa berbeda dari yang dibaca mesin dengan pasti",
                "What two people typed at the review desk differs from what the machine was certain to read",
            ),
            form.names,
        ),
        Rule(
            TWIN,
            Severity.ERROR,
            "–",
            "",
            Label(
                "Foto atau semua angka halaman ini sama dengan milik TPS lain",
                "The photograph or every number of this page is the same as another station's",
            ),
            form.names,
        ),
    ]
    if roll is not None:
        rules.append(
            Rule(
                ROLL_LIMIT,
                Severity.WARNING,
                roll.line,
                "Jumlah Pemilih dalam Daftar Pemilih Tetap (DPT)",
                Label(
                    "Pemilih DPT melebihi batas pemilih per TPS pemilihan ini",
                    "The roll exceeds this election's limit of voters per station",
                ),
                (roll.name,),
            )
        )
    return rules
