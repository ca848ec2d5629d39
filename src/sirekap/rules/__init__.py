"""Numbered checks from figures to findings; each rests on a line of the form or of the law."""

from sirekap.rules.checks import check
from sirekap.rules.model import Finding, Rule, Severity
from sirekap.rules.numbered import rules_of
from sirekap.rules.wording import explain

__all__ = ["Finding", "Rule", "Severity", "check", "explain", "rules_of"]
