"""Every text of an evidence bundle's pages, Indonesian first and English second; the templates hold none."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from markupsafe import escape

from sirekap.publish.evidence_wording_contents import CONTENTS
from sirekap.publish.evidence_wording_plenary import PLENARIES
from sirekap.publish.wording import LANGUAGES, Translate, long_date
from sirekap.publish.wording import TEXTS as PUBLIC

WIB = timezone(timedelta(hours=7))
SHARED = ("language", "skip", "site", "blank", "illegible", "no_findings", "severity_error", "severity_warning")
TEXTS: dict[str, tuple[str, str]] = {
    **{key: PUBLIC[key] for key in SHARED},
    **CONTENTS,
    **PLENARIES,
    # the bundle
    "title": ("Berkas bukti: {name}", "Evidence: {name}"),
    "lead": (
        (
            "Semua yang tersimpan di Sirekap tentang {name}, sampai {at}: foto, hasil baca, ketikan, temuan, "
            "keberatan, versi rekapitulasi, dan sertifikat. Keadaan yang sama selalu memberi berkas yang "
            "sama."
        ),
        (
            "All that Sirekap keeps about {name}, until {at}: photographs, readings, entries, findings, "
            "objections, versions of the recapitulation, and certificates. The same state always gives the "
            "same bundle."
        ),
    ),
    "for_whom": ("Untuk siapa", "For whom"),
    "for_whom_long": (
        (
            "Untuk pengadilan, pengawas, dan pemeriksa. Bukan untuk disiarkan: foto sebagaimana diterima "
            "dapat memuat tempat dan perangkat (EXIF), dan catatan menyebut akun petugas, saksi, dan "
            "pengawas. Foto dalam folder published sama gambarnya, tanpa EXIF."
        ),
        (
            "For a court, supervisors and auditors. Not for publication: photographs as received can tell "
            "place and device (EXIF), and the records name accounts of officers, witnesses and supervisors. "
            "The photographs in the folders named published show the same picture without EXIF."
        ),
    ),
    "not_in": (
        "Tidak ada di sini: nomor telepon, alamat jaringan, kata sandi, kunci, dan foto milik TPS lain.",
        (
            "Not in here: telephone numbers, network addresses, passwords, keys, and photographs of other "
            "stations."
        ),
    ),
    "check": ("Cara memeriksa", "How to check"),
    "check_sums": (
        "Setelah dibuka ke sebuah folder, perintah ini memeriksa setiap berkas:",
        "Unpacked into a folder, this checks every file:",
    ),
    "check_all": (
        (
            "Dengan Sirekap, dari berkas ZIP itu sendiri: setiap berkas, foto, jumlah rekapitulasi, dan tanda "
            "tangan:"
        ),
        (
            "With Sirekap, from the ZIP file itself: every file, photographs, sums of the recapitulation, "
            "signatures:"
        ),
    ),
    "check_certificate": (
        "Tanda tangan satu sertifikat, juga dengan pembaca PDF lain (pdfsig):",
        "The signatures of one certificate, also with other readers of PDF (pdfsig):",
    ),
    "check_own": (
        ("Otoritas di folder authorities berasal dari berkas ini sendiri. Bandingkan dengan yang diumumkan KPU."),
        (
            "The authorities in the folder authorities come from this very bundle. Compare them with those "
            "that KPU announced."
        ),
    ),
    "check_again": (
        (
            "Daftar SHA-256 menunjukkan setiap perubahan pada berkas, tetapi tidak menunjukkan siapa yang "
            "membuatnya. Bandingkan dengan berkas yang dibuat ulang oleh server: keadaan yang sama memberi "
            "byte yang sama."
        ),
        (
            "The list of SHA-256 shows every change of a file, and not who made the list. Compare with a "
            "bundle that the server makes again: the same state gives the same bytes."
        ),
    ),
    "log": ("Bukti log", "Proofs of the log"),
    "log_none": (
        "Belum ada. Bila log publik sudah berjalan, buktinya akan ada di folder log.",
        "None yet. Once there is a public log, its proofs will be in the folder log.",
    ),
    # stations
    "stations": ("TPS", "Stations"),
    "stations_count": (
        "{there} TPS ada di sini; {missing} belum ada apa-apanya.",
        "{there} stations are in here; of {missing} there is nothing.",
    ),
    "stations_missing": ("Belum ada apa-apa dari: {codes}", "Nothing came from: {codes}"),
    "stations_missing_many": (
        "TPS yang belum ada apa-apanya disebut dalam manifest.json.",
        "The stations without anything are named in manifest.json.",
    ),
    "stations_scroll": ("Tabel TPS; dapat digeser", "Table of stations; it can be scrolled"),
    "station": ("TPS", "Station"),
    "village": ("Desa/kelurahan", "Village"),
    "state": ("Keadaan", "State"),
    "changes": ("Koreksi pleno", "Corrections"),
    "back": ("Kembali ke awal berkas", "Back to the beginning of the bundle"),
    "state_settled": ("Final", "Final"),
    "state_provisional": ("Sementara", "Provisional"),
    "state_review": ("Sedang diperiksa", "In review"),
    "state_missing": ("Belum ada lembar", "No sheet yet"),
    "state_none": ("belum dibaca mesin", "not read by the machine yet"),
    "long_settled": (
        "Angka lembar ini sudah ditetapkan orang yang berwenang, dan dihitung.",
        "People with that duty have settled the figures of this sheet; they are counted.",
    ),
    "long_provisional": (
        "Angka lembar ini dibaca mesin dengan yakin; belum ada orang yang menetapkannya.",
        "The machine read this sheet with certainty; nobody has settled it yet.",
    ),
    "long_review": (
        "Lembar ini masih diperiksa, dan tidak dihitung.",
        "This sheet is still in review, and not counted.",
    ),
    "long_missing": (
        "Tidak ada foto lembar ini yang dapat dibaca.",
        "There is no photograph of this sheet that can be read.",
    ),
    "pages_missing": ("Halaman tanpa foto: {pages}.", "Pages without a photograph: {pages}."),
    "open_errors": (
        "Temuan yang belum ditanggapi: {rules}.",
        "Findings that nobody has answered for: {rules}.",
    ),
    "data_file": ("Data lengkap: {file}", "All of the data: {file}"),
    # how it came to it
    "history": ("Bagaimana sampai di situ", "How it came to that"),
    "history_none": ("Belum terjadi apa-apa.", "Nothing has happened yet."),
    "then": ("Setelah itu: {state}", "After that: {state}"),
    "did_photo": ("Foto masuk: halaman {page}.", "A photograph came in: page {page}."),
    "did_photo_none": (
        "Foto masuk, tanpa halaman formulir yang dikenali.",
        "A photograph came in, without a page of the form that is known.",
    ),
    "did_rerun": ("Ditetapkan {who}. Dasar: {ground}", "Ordered by {who}. Ground: {ground}"),
    "reruns": ("Ulangan", "Reruns"),
    "reruns_note": (
        (
            "Angka di bawah dari hitungan sejak ulangan terakhir. Yang sebelumnya tetap tersimpan di sini, dan "
            "tidak dihitung."
        ),
        (
            "The figures below are of the count since the last rerun. What came before is kept in here, and not "
            "counted."
        ),
    ),
    "did_aside": ("Foto dikesampingkan:", "A photograph was set aside:"),
    "did_read": (
        "Mesin membaca semua foto bersama: versi {version}.",
        "The machine read all photographs together: version {version}.",
    ),
    "did_twin": (
        "Foto atau angka satu halaman mirip dengan milik TPS {other}.",
        "A photograph or a page's figures resemble those of station {other}.",
    ),
    "did_copy": ("Salinan nomor {copy} dibaca.", "Copy number {copy} was read."),
    "did_confirmed": ("{who} mengonfirmasi setiap angka.", "{who} vouched for every figure."),
    "did_typed": (
        (
            "{who} mengetik semua angka dari foto, tanpa melihat bacaan mesin dan ketikan orang lain (putaran "
            "{round}, ketikan {number})."
        ),
        (
            "{who} typed all figures from the photographs, seeing neither the machine's nor anybody's (round "
            "{round}, entry {number})."
        ),
    ),
    "did_decided": (
        "{who} memutuskan di antara dua ketikan yang berbeda: {reason}",
        "{who} decided between two entries that differed: {reason}",
    ),
    "did_returned": ("{who} meminta lembar diketik ulang: {reason}", "{who} had the sheet typed anew: {reason}"),
    "did_answered": (
        "{who} bertanggung jawab atas temuan {rule}: {reason}",
        "{who} answers for finding {rule}: {reason}",
    ),
    # findings
    "findings": ("Temuan dan tanggapan", "Findings and answers"),
    "answered_by": (
        "Yang bertanggung jawab: {who}, {at}. Alasan: {reason}",
        "Answered for by {who}, {at}. Reason: {reason}",
    ),
    "answered_one": (
        "{who}, {at}. Alasan: {reason} (masih perlu satu orang lagi)",
        "{who}, {at}. Reason: {reason} (one person more is needed)",
    ),
    "answered_none": ("Belum ada yang bertanggung jawab atas temuan ini.", "Nobody has answered for this yet."),
    # figures
    "figures": ("Angka", "Figures"),
    "figures_lead": (
        "Angka yang berlaku, di samping potongan fotonya, dan apa yang dikatakan setiap sumber.",
        "The figures that count, beside the part of the photograph, and what each source says.",
    ),
    "figures_none": ("Belum ada angka.", "There are no figures yet."),
    "figures_page": ("Halaman {page}", "Page {page}"),
    "by_machine": ("mesin: {value}", "machine: {value}"),
    "by_officer": ("KPPS: {value}", "officer: {value}"),
    "by_desk": ("meja periksa: {value}", "review desk: {value}"),
    "by_copies": ("salinan berbeda: {values}", "copies differ: {values}"),
    "by_plenary": ("disertifikasi: {value}", "certified: {value}"),
    "by_plenary_other": ("disertifikasi lain: {value}", "certified otherwise: {value}"),
    "cut_alt": ("Potongan foto: {label}", "Cut of the photograph: {label}"),
    "no_cut": ("tanpa potongan foto", "no cut"),
    # photographs
    "photos": ("Foto", "Photographs"),
    "photos_none": ("Tidak ada foto.", "There are no photographs."),
    "photo_page": ("Halaman {page}", "Page {page}"),
    "photo_no_page": ("Tanpa halaman", "No page"),
    "photo_alt": ("Foto halaman {page} lembar {name}", "Photograph of page {page} of the sheet of {name}"),
    "photo_alt_none": ("Foto untuk {name}", "Photograph for {name}"),
    "role_used": ("angka dibaca dari foto ini", "the figures were read from this one"),
    "role_beside": (
        "foto tambahan; foto lain dari halaman ini lebih jelas",
        "a further one; another of this page is clearer",
    ),
    "role_unread": ("tidak dipakai", "not used"),
    "photo_received": ("Sebagaimana diterima, {at}", "As received, {at}"),
    "photo_size": ("{bytes} byte", "{bytes} bytes"),
    "aside": ("Foto yang dikesampingkan", "Photographs set aside"),
    "copies": ("Salinan saksi dan pengawas", "Copies of witnesses and supervisors"),
    "copies_none": ("Tidak ada salinan.", "There are no copies."),
    "copy_of": ("Salinan {number}: {who}", "Copy {number}: {who}"),
    "copy_differs": (
        "Berbeda dari lembar: {figures}.",
        "Differs from the sheet: {figures}.",
    ),
    "copy_same": ("Tidak ada angka pasti yang berbeda.", "No figure that is certain differs."),
    "footer": (
        "Angka berlaku menurut keadaan pada {at}. Hasil resmi pemilihan adalah sertifikat rekapitulasi.",
        "Figures as they stood at {at}. The official result is the certificate of the recapitulation.",
    ),
}


def wording(language: str) -> Translate:
    """As `publish.wording.wording`, for the texts of a bundle."""
    column = LANGUAGES.index(language)

    def text(key: str, **values: object) -> object:
        return escape(TEXTS[key][column]).format(**values)

    return text  # type: ignore[return-value]  # escape gives Markup, which markupsafe types as its own


def moment(at: str, language: str) -> str:
    """A time of a document as people in Jakarta say it, to the second.

    >>> moment("2024-02-14T23:05:09Z", "id")
    '15 Februari 2024, 06.05.09 WIB'
    """
    local = datetime.fromisoformat(at).astimezone(WIB)
    return f"{long_date(local.date(), language)}, {local:%H.%M.%S} WIB"
