"""Findings in words, Indonesian and English, with the numbers that do not fit."""

from __future__ import annotations

from sirekap.forms import Form
from sirekap.rules.model import Finding
from sirekap.rules.numbered import BLANK, rules_of

DIFFERENCE = {"id": "tertulis {left}, hasil hitung {right}", "en": "written {left}, computed {right}"}
EXCEEDS = {"id": "{left} lebih dari {right}", "en": "{left} is more than {right}"}
QUOTE = {"id": "formulir {line}: “{quote}”", "en": "form line {line}: “{quote}”"}


def explain(form: Form, finding: Finding, language: str) -> str:
    """One sentence for the officer, the district panel and the public, in "id" or "en"."""
    rule = rules_of(form.id)[finding.rule]
    text = rule.text.of(language)
    if finding.rule == BLANK:
        text += ": " + ", ".join(form.field(name).label.of(language) for name in finding.figures)
    if finding.left is not None and finding.right is not None:
        equation = any(e.rule == finding.rule for e in form.equations)
        pattern = (DIFFERENCE if equation else EXCEEDS)[language]
        text += ": " + pattern.format(left=finding.left, right=finding.right)
    if rule.quote:
        text += " (" + QUOTE[language].format(line=rule.line, quote=rule.quote) + ")"
    return text + "."
