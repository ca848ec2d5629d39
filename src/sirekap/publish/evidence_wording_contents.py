"""What an evidence bundle says of its own files, Indonesian first; part of `evidence_wording`."""

CONTENTS: dict[str, tuple[str, str]] = {
    "contents": ("Isi berkas", "What is in it"),
    "what": ("Isi", "What it is"),
    "in_station": (
        "yang tersimpan tentang TPS itu, setiap versi lembar, dan siapa berbuat apa",
        "what is kept of the station, every version of its sheet, and who did what",
    ),
    "in_received": (
        "foto sebagaimana diterima, byte demi byte, bernama halaman dan SHA-256",
        "photographs as received, byte for byte, named by page and SHA-256",
    ),
    "in_published": ("foto yang sama sebagaimana diterbitkan", "the same photographs as they are published"),
    "in_readings": ("apa yang dilihat mesin di setiap foto", "what the machine saw in each photograph"),
    "in_cuts": ("potongan foto untuk setiap angka", "the part of the photograph that shows each figure"),
    "in_copies": (
        "salinan milik saksi dan pengawas, dengan fotonya sendiri",
        "copies of witnesses and supervisors, with photographs of their own",
    ),
    "in_aside": ("foto yang dikesampingkan", "photographs that were set aside"),
    "in_plenary": (
        "berita acara, koreksi, keberatan dan jawabannya",
        "minutes, corrections, objections and answers",
    ),
    "in_objections": ("lampiran keberatan", "files of objections"),
    "in_versions": (
        "data sertifikat (D.HASIL), dasar hitungnya, dan kertasnya dengan setiap tanda tangan",
        "the certificate's data (D.HASIL), what its sums rest on, and its papers with each signature",
    ),
    "in_authorities": (
        "sertifikat otoritas yang dipercaya untuk tanda tangan petugas",
        "certificates of the authorities trusted for officers' signatures",
    ),
    "in_election": ("pemilihan, peserta, dan angka formulir", "the election, who stands, the form's figures"),
    "in_keys": (
        "kunci publik server, untuk memeriksa tanda terima foto",
        "the server's public keys, to check receipts of photographs",
    ),
    "in_manifest": (
        "daftar semua berkas, untuk mesin",
        "the list of all files, for programs",
    ),
    "in_sums": ("SHA-256 setiap berkas", "the SHA-256 of every file"),
}
