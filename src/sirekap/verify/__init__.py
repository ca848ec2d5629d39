"""Recomputes everything from the published files alone; needs neither Django, OpenCV nor a database."""

from sirekap.verify.report import Difference, VerifyReport
from sirekap.verify.run import verify_tree, verify_url

__all__ = ["Difference", "VerifyReport", "verify_tree", "verify_url"]
