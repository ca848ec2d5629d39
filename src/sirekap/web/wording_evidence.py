"""The texts about evidence bundles on screens, Indonesian first; part of `web.wording`."""

from __future__ import annotations

EVIDENCE: dict[str, tuple[str, str]] = {
    "evidence_title": ("Berkas bukti", "Evidence"),
    "evidence_lead": (
        (
            "Semua yang tersimpan dalam satu ZIP untuk pengadilan, dengan halaman dalam kata-kata dan cara "
            "memeriksanya. Bukan untuk disiarkan. Setelah mengunduh, lembar di dalamnya tidak dapat lagi Anda "
            "ketik dari foto."
        ),
        (
            "All that is kept in one ZIP for a court, with pages in words and how to check it. Not for "
            "publication. Once you have downloaded it, you cannot type the sheets in it any more."
        ),
    ),
    "evidence_link": ("Unduh berkas bukti (ZIP)", "Download the evidence (ZIP)"),
}
