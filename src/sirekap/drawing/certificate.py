"""Certificates as PDF/A-2b, through typst: the same certificate gives the same bytes.

Nothing in the file depends on when or where it was drawn: its dates are the plenary's, its ids come from the
content, only typst's embedded fonts are used. How it is signed: `drawing.signing`.
"""

from __future__ import annotations

from datetime import UTC
from typing import Any

from sirekap.drawing.certificate_source import certificate_source
from sirekap.record.certificate import Certificate

CACHED_COMPILATIONS = 12


def draw_certificate(certificate: Certificate, copy_for: str = "") -> bytes:
    """The certificate as PDF; with `copy_for` a copy ("salinan") that says for whom it is, with the same hash.

    The same arguments give the same bytes (of one version of typst).
    """
    return Drawer().draw(certificate, copy_for)


class Drawer:
    """Draws many certificates with one compiler, which is made in longer than a page is drawn."""

    def __init__(self) -> None:
        """Load typst's fonts."""
        import typst  # only who draws needs it

        self._compiler: Any = typst.Compiler(ignore_system_fonts=True)

    def draw(self, certificate: Certificate, copy_for: str = "") -> bytes:
        """As `draw_certificate`."""
        source = certificate_source(certificate, copy_for).encode()
        closed = certificate.closed_at.astimezone(UTC).replace(microsecond=0)
        pdf = self._compiler.compile(
            source, format="pdf", pdf_standards=["a-2b"], timestamp=closed, pdf_tags=False
        )
        assert isinstance(pdf, bytes), "typst gives one PDF as bytes"
        # typst forgets what it drew ten compilations later; at 60 MB a certificate that must be now.
        for _ in range(CACHED_COMPILATIONS):
            self._compiler.compile(b"forget", format="svg")
        return pdf
