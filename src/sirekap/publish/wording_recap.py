"""The texts of plenaries' pages, Indonesian first and English second; part of `wording.TEXTS`.

What the minutes themselves say is worded by `record.recap_words`.
"""

from __future__ import annotations

TEXTS: dict[str, tuple[str, str]] = {
    "recap_title": ("Rapat pleno: {name}", "Plenary: {name}"),
    "recap_unit": ("Hasil wilayah ini menurut lembar TPS", "This area's results from the stations' sheets"),
    "recap_closed_long": (
        (
            "Rapat pleno terbuka wilayah ini sudah ditutup. Angkanya ada di sertifikat D.HASIL; semua perbedaan "
            "dengan lembar TPS dijelaskan di bawah."
        ),
        (
            "This area's open plenary is closed. Its figures stand in the certificate D.HASIL; every difference "
            "to the stations' sheets is explained below."
        ),
    ),
    "recap_open_long": (
        "Rapat pleno terbuka wilayah ini belum ditutup; belum ada angka yang disahkan.",
        "This area's open plenary is not closed yet; no figure is certified.",
    ),
    "recap_reopened_long": (
        ("Rapat pleno ini dibuka kembali. Angka di bawah adalah dari versi terakhir, yang sedang ditinjau lagi."),
        "This plenary was reopened. The figures below are of the last version, which is being looked at again.",
    ),
    "recap_sums": ("Angka lembar dan angka yang disahkan", "The sheets' figures and those certified"),
    "recap_sums_note": (
        "Kiri: jumlah lembar TPS. Kanan: yang disahkan rapat pleno, setelah pembetulan.",
        "Left: the sums of the stations' sheets. Right: what the plenary certified, after corrections.",
    ),
    "recap_sums_note_above": (
        "Dari kiri: jumlah lembar TPS, jumlah sertifikat tingkat di bawah, dan yang disahkan di sini.",
        "From the left: the sums of the sheets, of the certificates below, and what was certified here.",
    ),
    "recap_rest": ("Angka lain dari formulir", "The form's other figures"),
    "recap_sheets": ("Lembar TPS", "Sheets"),
    "recap_below": ("Di bawah", "Below"),
    "recap_certified": ("Disahkan", "Certified"),
    "recap_differences": ("Selisih dan penjelasannya", "Differences and what explains them"),
    "recap_no_differences": (
        "Tidak ada pembetulan: angka yang disahkan sama dengan jumlah lembar TPS.",
        "Nothing was corrected: the certified figures are the sums of the stations' sheets.",
    ),
    "recap_many": (
        "Pembetulan di tingkat bawah terlalu banyak untuk halaman ini ({number}); lihat halaman wilayahnya.",
        "There are too many corrections further down for this page ({number}); see their areas' pages.",
    ),
    "recap_see": ("Lihat {place}", "See {place}"),
    "recap_counted": ("TPS dihitung", "Stations counted"),
    "recap_counted_column": ("Dihitung", "Counted"),
    "recap_corrected": ("Dibetulkan", "Corrected"),
    "recap_missing": ("Yang tidak ada, dan sebabnya", "What is missing, and why"),
    "recap_decision": ("Keputusan:", "Decision:"),
    "recap_none_missing": ("Tidak ada TPS yang tertinggal.", "No station is missing."),
    "recap_moved": ("Berubah sesudah sertifikat", "Changed after the certificate"),
    "recap_moved_note": (
        (
            "Lembar TPS ini sekarang lain daripada saat rapat pleno kecamatannya ditutup. Angka di sertifikat "
            "tetap seperti waktu itu."
        ),
        (
            "These stations' sheets stand otherwise now than when their district's plenary closed. The figures "
            "in the certificate are those of then."
        ),
    ),
    "recap_objections": ("Keberatan dan kejadian khusus", "Objections and special events"),
    "recap_no_objections": ("Tidak ada.", "None."),
    "recap_files": (
        "SHA-256 lampiran, yang tidak diterbitkan karena dapat memperlihatkan orang:",
        "SHA-256 of the files, which are not published because they can show people:",
    ),
    "recap_attendance": ("Daftar hadir", "Attendance"),
    "recap_nobody": ("Belum ada yang dicatat.", "Nobody is written down yet."),
    "recap_versions": ("Sertifikat (D.HASIL)", "Certificates (D.HASIL)"),
    "recap_version": ("Versi", "Version"),
    "recap_data": ("Data versi {number} (JSON)", "Data of version {number} (JSON)"),
    "recap_paper": ("Sertifikat versi {number} (PDF)", "Certificate of version {number} (PDF)"),
    "recap_hash": ("SHA-256:", "SHA-256:"),
    "recap_signed": ("Tanda tangan elektronik, menurut waktu masuknya:", "Signatures, by when they came in:"),
    "recap_unsigned": ("Belum ada tanda tangan elektronik.", "There is no electronic signature yet."),
    "recap_no_paper": ("Belum ada berkas PDF.", "There is no PDF yet."),
    "recap_officers": (
        "Sertifikat lembaga yang petugasnya menandatangani (PEM)",
        "Certificates of the authorities whose officers sign (PEM)",
    ),
    "recap_minutes": ("Risalah", "Minutes"),
    "recap_minutes_all": ("Semua catatan menurut urutannya: {number}", "Every entry in order: {number}"),
    "recap_station": ("Dibetulkan dalam rapat pleno", "Corrected in the plenary"),
    "recap_station_note": (
        "Lembar di halaman ini tetap seperti tertulis; pembetulan ada di sertifikat kecamatan.",
        "The sheet on this page stays as written; the correction stands in the district's certificate.",
    ),
    "recap_station_link": ("Rapat pleno kecamatan ini", "This district's plenary"),
    "recap_about_place": ("/data/recap/KODE.json", "/data/recap/CODE.json"),
    "recap_about_certificates_place": ("/certificates/SHA-256.json", "/certificates/SHA-256.json"),
    "recap_about": ("Rapat pleno satu wilayah, dengan risalahnya", "The plenary of one area, with its minutes"),
    "recap_about_certificates": (
        "Sertifikat rapat pleno, dinamai dengan SHA-256-nya",
        "The plenaries' certificates, named by their SHA-256",
    ),
}
