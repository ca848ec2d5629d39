"""Every text of the public pages, Indonesian first and English second; the templates hold none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from markupsafe import Markup, escape

from sirekap.publish.wording_recap import TEXTS as RECAP
from sirekap.record.moments import MONTHS

LANGUAGES = ("id", "en")
OTHER = {"id": "en", "en": "id"}

TEXTS: dict[str, tuple[str, str]] = {
    **RECAP,
    # frame
    "language": ("Bahasa Indonesia", "English"),
    "skip": ("Langsung ke isi", "Skip to content"),
    "site": ("Sirekap", "Sirekap"),
    "menu": ("Menu utama", "Main menu"),
    "menu_results": ("Hasil", "Results"),
    "menu_about": ("Periksa sendiri", "Check it yourself"),
    "breadcrumb": ("Letak halaman", "You are here"),
    "footer_official": (
        (
            "Angka di sini dibaca dari foto formulir {form} dan dapat dihitung ulang siapa pun. Hasil resmi "
            "pemilihan ditetapkan melalui rekapitulasi berjenjang, bukan oleh situs ini."
        ),
        (
            "The figures here were read from photographs of form {form} and anyone can recount them. The "
            "official result is established by the tiered recapitulation, not by this site."
        ),
    ),
    "footer_data": ("Daftar semua berkas dan sidik jarinya", "List of all files and their fingerprints"),
    # start
    "start_title": ("Hasil {election}", "Results of {election}"),
    "start_lead": (
        "Setiap angka dapat ditelusuri sampai foto formulir TPS tempat angka itu dibaca.",
        "Every figure can be followed down to the photograph of the station's form it was read from.",
    ),
    "voting_day": ("Hari pemungutan suara: {day}", "Voting day: {day}"),
    "see_nation": ("Hasil lengkap: {name}", "Full results: {name}"),
    "choose_province": ("Pilih wilayah", "Choose an area"),
    # words of state
    "state_settled": ("Final", "Final"),
    "state_provisional": ("Sementara", "Provisional"),
    "state_review": ("Sedang diperiksa", "In review"),
    "state_missing": ("Belum masuk", "Not in"),
    "state_settled_long": (
        "Angka TPS ini sudah ditetapkan oleh orang yang berwenang dan dihitung.",
        "People with that duty have settled this station's figures; they are counted.",
    ),
    "state_provisional_long": (
        (
            "Angka TPS ini dibaca mesin dengan yakin dan tidak ada kesalahan yang terbuka. Angka ini dihitung "
            "sebagai sementara sampai ditetapkan orang yang berwenang."
        ),
        (
            "This station's figures were read by machine with certainty and no error is open. They are counted "
            "as provisional until people settle them."
        ),
    ),
    "state_review_long": (
        "Angka TPS ini sedang diperiksa dan belum dihitung dalam jumlah mana pun.",
        "This station's figures are in review and not counted in any total.",
    ),
    "not_counted": ("belum dihitung", "not counted"),
    "blank": ("kosong", "blank"),
    "illegible": ("tidak terbaca", "illegible"),
    "no_photo_of_page": ("halaman belum difoto", "page not photographed"),
    "none_yet": ("belum ada angka", "no figure yet"),
    "unknown": ("tidak diketahui", "unknown"),
    # tiers
    "tier_nation": ("Nasional", "Nation"),
    "tier_province": ("Provinsi", "Province"),
    "tier_regency": ("Kabupaten/Kota", "Regency or city"),
    "tier_district": ("Kecamatan", "District"),
    "tier_village": ("Kelurahan/Desa", "Village"),
    "tier_station": ("Tempat pemungutan suara", "Polling station"),
    "children_nation": ("Menurut provinsi", "By province"),
    "children_province": ("Menurut kabupaten/kota", "By regency or city"),
    "children_regency": ("Menurut kecamatan", "By district"),
    "children_district": ("Menurut kelurahan/desa", "By village"),
    "children_village": ("Menurut TPS", "By polling station"),
    "name_nation": ("Provinsi", "Province"),
    "name_province": ("Kabupaten/Kota", "Regency or city"),
    "name_regency": ("Kecamatan", "District"),
    "name_district": ("Kelurahan/Desa", "Village"),
    "name_village": ("TPS", "Station"),
    # area
    "votes": ("Perolehan suara", "Votes"),
    "ticket": ("Pasangan calon", "Ticket"),
    "votes_column": ("Suara", "Votes"),
    "share_column": ("Bagian", "Share"),
    "share_note": (
        "Bagian dihitung dari jumlah suara semua pasangan calon.",
        "Shares are parts of the votes of all tickets together.",
    ),
    "sum_provisional": ("Final dan sementara", "Final and provisional"),
    "sum_settled": ("Hanya final", "Final only"),
    "mark_provisional": ("SEMENTARA", "PROVISIONAL"),
    "mark_settled": ("FINAL", "FINAL"),
    "rests_on": (
        "Jumlah ini bertumpu pada {sheets} TPS, di antaranya {provisional} TPS sementara.",
        "Stations in this total: {sheets}, of which provisional: {provisional}.",
    ),
    "rests_on_settled": (
        "Jumlah ini bertumpu pada {sheets} TPS yang sudah final.",
        "Stations in this total, all final: {sheets}.",
    ),
    "no_sheets": ("Belum ada TPS yang dihitung.", "No station is counted yet."),
    "no_settled": ("Belum ada TPS yang final.", "No station is final yet."),
    "other_figures": ("Suara dan pemilih", "Votes and voters"),
    "all_figures": ("Semua angka formulir", "All figures of the form"),
    "figure_column": ("Angka", "Figure"),
    "turnout": (
        "Pengguna hak pilih dibanding DPT",
        "All who voted, compared with the roll (DPT)",
    ),
    "blanks": ("{count} lembar kosong", "blank on {count} sheets"),
    "completeness": ("Kelengkapan", "Completeness"),
    "expected": ("TPS seluruhnya", "Stations in all"),
    "expected_known": ("TPS yang diketahui jumlahnya", "Stations whose number is known"),
    "present": ("Foto masuk", "Photographs in"),
    "missing": ("Belum masuk", "Not in"),
    "stations_unknown": ("Jumlah TPS tidak diketahui", "Number of stations unknown"),
    "unknown_villages": (
        (
            "Kelurahan/desa (atau cara memilih di luar negeri) yang jumlah TPS-nya tidak diketahui: {count}; "
            "persentase kelengkapan tidak dapat dihitung."
        ),
        (
            "Villages (or overseas ways of voting) whose number of stations is unknown: {count}; no percentage "
            "of completeness can be given."
        ),
    ),
    "completeness_percent": ("{percent} TPS sudah masuk.", "{percent} of stations are in."),
    "completeness_chart": (
        "Batang kelengkapan; angkanya ada di daftar di bawah.",
        "Completeness bar; the list below has the numbers.",
    ),
    "scroll_table": (
        "Tabel; geser ke samping untuk semua kolom",
        "Table; scroll sideways for all columns",
    ),
    "children_note": (
        "Angka final dan sementara bersama-sama. Lembar yang diperiksa tidak ikut dihitung.",
        "Final and provisional figures together. Sheets in review are not in them.",
    ),
    "station_note": (
        "Angka lembar yang sedang diperiksa ditampilkan tetapi belum dihitung.",
        "Figures of a sheet in review are shown but not counted.",
    ),
    "in_of_expected": ("Masuk / seluruhnya", "In / in all"),
    "state_column": ("Keadaan", "State"),
    "no_stations": ("Belum ada TPS yang masuk.", "No station is in yet."),
    "data_here": ("Data halaman ini", "This page as data"),
    "data_json": ("JSON", "JSON"),
    "data_csv": ("CSV: {tier}", "CSV: {tier}"),
    "data_csv_stations": ("CSV: semua TPS", "CSV: every station"),
    "short_valid": ("Sah", "Valid"),
    "short_invalid": ("Tidak sah", "Invalid"),
    "short_total": ("Seluruh suara", "All votes"),
    "short_roll": ("DPT", "Roll (DPT)"),
    "short_voted": ("Pengguna hak pilih", "Voted"),
    "short_ticket": ("Suara {number}", "Votes {number}"),
    # station
    "station_title": ("{station}, {village}", "{station}, {village}"),
    "why_review": ("Mengapa diperiksa", "Why it is in review"),
    "why_open": ("Temuan yang belum ditanggapi: {rules}.", "Findings nobody has answered: {rules}."),
    "why_illegible": ("Angka yang tidak terbaca: {figures}.", "Illegible figures: {figures}."),
    "why_pages": ("Halaman yang belum difoto: {pages}.", "Pages not photographed: {pages}."),
    "why_other": (
        "Pembacaan mesin belum cukup yakin; menunggu orang.",
        "The machine was not certain enough; it waits for people.",
    ),
    "findings": ("Temuan", "Findings"),
    "no_findings": (
        "Tidak ada aturan yang dilanggar lembar ini.",
        "This sheet breaks no rule.",
    ),
    "severity_error": ("Kesalahan", "Error"),
    "severity_warning": ("Peringatan", "Warning"),
    "finding_figures": ("Angka yang disebut temuan ini", "The figures that this finding names"),
    "acknowledged": ("Ditanggapi oleh {who}", "Answered for by {who}"),
    "acknowledged_reason": ("Alasan: {reason}", "Reason: {reason}"),
    "open_finding": ("Belum ditanggapi; lembar ini belum dihitung.", "Not answered; this sheet is not counted."),
    "figures_page": ("Angka halaman {page}", "Figures of page {page}"),
    "cut_alt": ("Potongan foto: {label}", "Cut of the photograph: {label}"),
    "no_cut": ("Tidak ada potongan foto.", "No cut of the photograph."),
    "confidence": ("keyakinan {percent}", "confidence {percent}"),
    "confidence_best_guess": ("keyakinan tebakan terbaik {percent}", "confidence of the best guess {percent}"),
    "confirmed_agrees": (
        "dikonfirmasi petugas TPS; mesin membaca sama, keyakinan {percent}",
        "confirmed by the station's officer; the machine read the same, confidence {percent}",
    ),
    "confirmed_differs": (
        "dikonfirmasi petugas TPS; mesin membaca lain, keyakinan {percent}: lihat bacaannya",
        "confirmed by the station's officer; the machine read otherwise, confidence {percent}; see its reading",
    ),
    "typed_agrees": (
        "diketik dua orang di meja periksa; mesin membaca sama, keyakinan {percent}",
        "typed by two people at the review desk; the machine read the same, confidence {percent}",
    ),
    "typed_differs": (
        "diketik dua orang di meja periksa; mesin membaca lain, keyakinan {percent}: lihat bacaannya",
        "typed by two people at the desk; the machine read otherwise, confidence {percent}: see its reading",
    ),
    "decided_agreed": (
        "Angka lembar ini diketik dua orang yang berbeda tanpa saling melihat, dan sama.",
        "Two different people typed this sheet's figures without seeing each other's, and they agree.",
    ),
    "decided_resolved": (
        "Dua orang mengetik lembar ini tanpa saling melihat dan berbeda; orang ketiga memutuskan.",
        "Two people typed this sheet without seeing each other's figures and differed; a third person decided.",
    ),
    "reruns": ("Dihitung atau dipilih ulang", "Counted or voted again"),
    "rerun_by": ("Ditetapkan {by},", "Ordered by {by},"),
    "rerun_ground": ("Dasar: {ground}", "Ground: {ground}"),
    "rerun_since": (
        (
            "Angka di halaman ini dari hitungan sesudahnya. Foto dari hitungan sebelumnya tetap ada di bawah dan "
            "tidak dihitung."
        ),
        (
            "The figures of this page are of the count since then. Photographs of the count before stay below "
            "and are not counted."
        ),
    ),
    "see_photo": ("Foto halaman {page}", "Photograph of page {page}"),
    "photos": ("Foto lembar", "Photographs of the sheet"),
    "photo_alt": (
        "Foto halaman {page} formulir {form}, {station} {village}",
        "Photograph of page {page} of form {form}, {station} {village}",
    ),
    "photo_alt_unknown": ("Foto dari {station} {village}", "Photograph from {station} {village}"),
    "photo_page": ("Halaman {page}", "Page {page}"),
    "photo_no_page": ("Halaman tidak dikenali", "Page not recognised"),
    "role_used": ("angka dibaca dari foto ini", "figures were read from this photograph"),
    "role_beside": ("foto lain dari halaman yang sama", "a further photograph of the same page"),
    "role_unread": ("tidak dapat dibaca", "could not be read"),
    "no_photos": ("Tidak ada foto.", "No photographs."),
    "how_read": ("Bagaimana lembar ini dibaca", "How this sheet was read"),
    "how_read_text": (
        (
            "Mesin mengusulkan angka dengan keyakinannya; mesin tidak memutuskan. Dari {all} angka formulir: "
            "{read} terbaca, {blank} kosong, {illegible} tidak terbaca, {absent} tanpa foto. Keyakinan terendah "
            "di antara yang terbaca: {lowest}."
        ),
        (
            "The machine proposes figures with its confidence; it does not decide. Of the form's {all} figures: "
            "{read} read, {blank} blank, {illegible} illegible, {absent} without a photograph. Lowest confidence "
            "among those read: {lowest}."
        ),
    ),
    "how_read_link": (
        "Lihat setiap kotak, apa yang terbaca di dalamnya, dan mengapa",
        "See every box, what was read in it, and why",
    ),
    "reading_title": ("Cara baca {station}, {village}", "How {station}, {village}, was read"),
    "reading_lead": (
        (
            "Apa yang dilihat mesin di setiap kotak dan mengapa angka diberikan atau ditolak. Mesin mengusulkan; "
            "orang yang menetapkan."
        ),
        (
            "What the machine saw in each box, and why a figure is given or refused. The machine proposes; "
            "people settle."
        ),
    ),
    "reading_back": ("Kembali ke lembar TPS ini", "Back to this station's sheet"),
    "reading_lines": ("Arti garis", "What the lines mean"),
    "reading_given": ("garis penuh: angka diberikan", "solid line: the figure is given"),
    "reading_doubt": (
        "garis ganda: ditulis jelas, tetapi hitungan tidak cocok",
        "double line: plainly written, but the arithmetic does not fit",
    ),
    "reading_refused": ("garis putus: angka ditolak", "broken line: the figure is refused"),
    "reading_boxes": ("Isi kotak dari kiri: {boxes}", "Boxes from the left: {boxes}"),
    "reading_drawn": (
        "Kotak halaman {page} di foto; nomor menunjuk ke daftar di bawahnya",
        "The boxes of page {page} in the photograph; the numbers lead to the list below it",
    ),
    "data_reading": ("Cara baca lembar ini (JSON)", "How this sheet was read (JSON)"),
    "finding_codes": ("temuan {rules}", "findings {rules}"),
    # about
    "about_title": ("Periksa sendiri", "Check it yourself"),
    "about_lead": (
        "Anda tidak perlu percaya: semua yang diperlukan untuk menghitung ulang ada di situs ini.",
        "You need not trust anyone: all that a recount needs is on this site.",
    ),
    "about_words": ("Arti kata", "What the words mean"),
    "about_blank": ("Kosong bukan nol", "Blank is not zero"),
    "about_blank_long": (
        "Kotak yang kosong di atas kertas tetap kosong di sini; jumlah menyebut berapa lembar yang kosong.",
        "A box left empty on paper stays empty here; totals tell on how many sheets it was blank.",
    ),
    "about_missing_long": ("Belum ada foto dari TPS ini.", "There is no photograph of this station yet."),
    "about_finding": ("Temuan", "Finding"),
    "about_finding_long": (
        (
            "Aturan bernomor yang dilanggar angka di atas kertas. Angka tetap ditampilkan seperti tertulis; "
            "tidak ada yang diperbaiki agar cocok."
        ),
        (
            "A numbered rule that the figures on paper break. Figures are shown as written; nothing is mended to "
            "fit."
        ),
    ),
    "about_files": ("Berkas data", "Data files"),
    "about_file_election": (
        "Pemilihan, pasangan calon, angka formulir",
        "The election, its tickets, the form's figures",
    ),
    "about_file_units": ("Semua wilayah tingkat: {tier}", "Every unit of the tier: {tier}"),
    "about_file_stations": ("Semua TPS yang masuk, setiap angka", "Every station that is in, each figure"),
    "about_file_manifest": (
        "Setiap berkas dengan ukuran dan SHA-256, dan akar pohon Merkle-nya",
        "Every file with its size and SHA-256, and the root of their Merkle tree",
    ),
    "about_recount": ("Menghitung ulang", "Recounting"),
    "about_recount_long": (
        "Perintah ini mengunduh semua berkas, memeriksa sidik jarinya, dan menjumlahkan ulang setiap TPS:",
        "This command downloads every file, checks its fingerprint, and sums every station again:",
    ),
    "about_address": ("ALAMAT-SITUS-INI", "ADDRESS-OF-THIS-SITE"),
    "about_photos": ("Foto", "Photographs"),
    "about_photos_long": (
        (
            "Setiap foto dinamai dengan SHA-256-nya. Data tempat dan perangkat (EXIF) dibuang sebelum terbit. "
            "Foto tidak disunting."
        ),
        (
            "Each photograph is named by its SHA-256. Place and device data (EXIF) are taken out before "
            "publication. Photographs are not retouched."
        ),
    ),
}

Translate = Callable[..., Markup]


def wording(language: str) -> Translate:
    """A function from a key and its values to the text in "id" or "en", ready for HTML: values are escaped
    unless they are markup. It raises KeyError for a key that does not exist.

    >>> print(wording("en")("figures_page", page="<2>"))
    Figures of page &lt;2&gt;
    """
    column = LANGUAGES.index(language)

    def text(key: str, **values: object) -> Markup:
        return escape(TEXTS[key][column]).format(**values)

    return text


def long_date(day: date, language: str) -> str:
    """A date in words.

    >>> long_date(date(2024, 2, 14), "id")
    '14 Februari 2024'
    """
    return f"{day.day} {MONTHS[language][day.month - 1]} {day.year}"
