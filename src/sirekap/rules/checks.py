"""From figures to findings. A rule with a figure that is absent, blank or illegible says nothing:
what nobody could read cannot be refuted; R30 tells of the required figures that are blank.
"""

from __future__ import annotations

from sirekap.figures import Figures, Status
from sirekap.forms import Form
from sirekap.rules.model import Finding, Severity
from sirekap.rules.numbered import BLANK, ROLL_LIMIT


def check(form: Form, figures: Figures, *, voters_per_station: int | None = None) -> tuple[Finding, ...]:
    """Every rule of the form that these figures break, in order of rule number.

    `voters_per_station` is the election's limit; None leaves R25 out. Warnings never refuse anything.
    """
    findings = [*_equations(form, figures), *_at_most(form, figures)]
    roll = _values(figures, ("pemilih_dpt_j",))
    if voters_per_station is not None and roll is not None and roll[0] > voters_per_station:
        findings.append(Finding(ROLL_LIMIT, Severity.WARNING, ("pemilih_dpt_j",), roll[0], voters_per_station))
    blank = tuple(
        field.name
        for field in form.fields
        if not field.may_be_blank and field.name in figures and figures[field.name].status is Status.BLANK
    )
    if blank:
        findings.append(Finding(BLANK, Severity.ERROR, blank))
    return tuple(sorted(findings, key=lambda finding: finding.rule))


def _values(figures: Figures, names: tuple[str, ...]) -> list[int] | None:
    values: list[int] = []
    for name in names:
        figure = figures.get(name)
        if figure is None or figure.value is None:
            return None
        values.append(figure.value)
    return values


def _equations(form: Form, figures: Figures) -> list[Finding]:
    findings = []
    for equation in form.equations:
        values = _values(figures, (equation.total, *equation.parts))
        if values is not None and values[0] != sum(values[1:]):
            findings.append(
                Finding(
                    equation.rule,
                    Severity.ERROR,
                    (equation.total, *equation.parts),
                    values[0],
                    sum(values[1:]),
                )
            )
    return findings


def _at_most(form: Form, figures: Figures) -> list[Finding]:
    findings = []
    for rule in form.at_most:
        values = _values(figures, (rule.small, rule.large))
        if values is not None and values[0] > values[1]:
            findings.append(Finding(rule.rule, Severity.WARNING, (rule.small, rule.large), values[0], values[1]))
    return findings
