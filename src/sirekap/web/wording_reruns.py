"""The texts of reruns, part of `web.wording`: the sheet's list of them and the page that orders one."""

RERUNS: dict[str, tuple[str, str]] = {
    "event_rerun ordered": ("hitungan atau pemungutan ulang ditetapkan", "counting or voting again ordered"),
    "reruns": ("Penghitungan dan pemungutan ulang", "Counting and voting again"),
    "rerun_by": ("Ditetapkan {by}, {at}.", "Ordered by {by}, {at}."),
    "rerun_ground": ("Dasar: {ground}", "Ground: {ground}"),
    "rerun_since": (
        "Angka, foto dan salinan dari sebelumnya tidak lagi dihitung, dan tetap tersimpan.",
        "Figures, photographs and copies of before count no more, and are kept.",
    ),
    "rerun_link": ("Tetapkan penghitungan atau pemungutan ulang", "Order counting or voting again"),
    "rerun_done": (
        "Ditetapkan. Hitungan baru dimulai: lembar ini menunggu foto yang baru.",
        "Ordered. A new count begins: this sheet waits for new photographs.",
    ),
    "figure_before": ("sebelum ulangan {number}: {value}", "before rerun {number}: {value}"),
    "rerun_title": ("Penghitungan atau pemungutan ulang", "Counting or voting again"),
    "rerun_lead": (
        (
            "Hitungan TPS ini dimulai lagi dari awal. Ini tidak dapat dibatalkan; yang keliru hanya dapat "
            "diikuti ulangan berikutnya."
        ),
        (
            "The count of this station begins anew. This cannot be taken back; a wrong one can only be "
            "followed by another."
        ),
    ),
    "rerun_kind": ("Apa yang diulang", "What is done again"),
    "rerun_ground_label": ("Dasar: peraturan atau putusan, dan alasannya", "Ground: law or decision, and why"),
    "rerun_ground_note": (
        "Paling banyak 500 huruf. Diumumkan bersama hasil TPS ini: jangan tulis nama orang.",
        "At most 500 letters. It is published with this station's result: write no person's name.",
    ),
    "rerun_check": ("Periksa sebelum menetapkan", "Check before ordering"),
    "rerun_sure_title": ("Tetapkan ini?", "Order this?"),
    "rerun_replaces": ("Yang tidak lagi dihitung", "What counts no more"),
    "rerun_replaces_state": ("keadaan lembar: {state}", "the sheet's state: {state}"),
    "rerun_replaces_nothing": ("TPS ini belum punya lembar.", "This station has no sheet yet."),
    "rerun_replaces_photos": ("foto lembar: {number}", "photographs of the sheet: {number}"),
    "rerun_replaces_copies": (
        "salinan saksi dan pengawas: {number}",
        "copies of witnesses and supervisors: {number}",
    ),
    "rerun_replaces_confirmed": ("konfirmasi petugas TPS", "the confirmation of the station's officer"),
    "rerun_keeps": (
        "Semuanya tetap tersimpan dan terlihat di riwayat lembar.",
        "All of it is kept, and seen in the sheet's history.",
    ),
    "rerun_order": ("Tetapkan", "Order it"),
    "rerun_change": ("Ubah", "Change"),
    "fault_kind": ("Pilih apa yang diulang.", "Choose what is done again."),
    "fault_ground": (
        "Tulis dasarnya dalam satu baris, paling banyak 500 huruf.",
        "Write the ground in one line of at most 500 letters.",
    ),
    "fault_after": (
        "Orang lain baru saja menetapkan ulangan untuk lembar ini. Periksa dulu keadaannya.",
        "Somebody else has just ordered a rerun of this sheet. Look at it first.",
    ),
}
