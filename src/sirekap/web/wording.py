"""Every text of the server's screens, Indonesian first; words of state are those of the public pages."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from markupsafe import Markup, escape

from sirekap.publish.wording import LANGUAGES, OTHER, Translate, long_date
from sirekap.publish.wording import TEXTS as PUBLIC
from sirekap.web.board_words import TEXTS as BOARDS
from sirekap.web.wording_desk import DESK
from sirekap.web.wording_evidence import EVIDENCE
from sirekap.web.wording_plenary import PLENARY
from sirekap.web.wording_reruns import RERUNS

WIB = timezone(timedelta(hours=7))

TEXTS: dict[str, tuple[str, str]] = {
    **BOARDS,
    # frame
    "menu_log_in": ("Masuk", "Log in"),
    "menu_app": ("Kirim foto", "Send photographs"),
    "menu_board": ("Daftar TPS", "Stations"),
    "menu_accounts": ("Akun", "Accounts"),
    "menu_notices": ("Kabar", "Notices"),
    "menu_devices": ("Perangkat saya", "My devices"),
    "menu_log_out": ("Keluar", "Log out"),
    "account_of": ("Masuk sebagai {login}", "Logged in as {login}"),
    "footer_private": (
        "Halaman ini hanya untuk petugas, saksi dan pengawas. Hasil untuk umum ada di halaman depan.",
        "This page is for officers, witnesses and supervisors only. Public results are on the front page.",
    ),
    "footer_public": ("Hasil untuk umum", "Public results"),
    "error": ("Tidak berhasil", "This did not work"),
    "back": ("Kembali", "Back"),
    "again_in": ("Coba lagi dalam {wait}.", "Try again in {wait}."),
    "seconds": ("{number} detik", "{number} seconds"),
    "minutes": ("{number} menit", "{number} minutes"),
    # log in
    "login_title": ("Masuk", "Log in"),
    "login_lead": (
        "Untuk KPPS, PPS, PPK, KPU, saksi, pengawas dan auditor yang sudah mengaktifkan akunnya.",
        "For officers, witnesses, supervisors and auditors whose account is activated.",
    ),
    "login": ("Login", "Login"),
    "login_hint": (
        "Seperti tercetak di slip, misalnya 3173011001001a.",
        "As printed on the slip, such as 3173011001001a.",
    ),
    "password": ("Kata sandi", "Password"),
    "second_optional": ("Kode faktor kedua (bila sudah dipasang)", "Second-factor code (where one is set up)"),
    "device": ("Nama perangkat ini", "Name of this device"),
    "device_hint": (
        "Agar Anda mengenalinya di daftar perangkat, misalnya “HP Ani”.",
        "So that you know it in the list of devices, such as “Ani's phone”.",
    ),
    "device_default": ("peramban", "browser"),
    "log_in": ("Masuk", "Log in"),
    "first_time": (
        "Pertama kali? Aktifkan akun dengan slip Anda.",
        "First time? Activate your account with your slip.",
    ),
    # activation
    "activate_title": ("Aktifkan akun", "Activate your account"),
    "activate_lead": (
        "Ketik login dan kode dari slip, lalu buat kata sandi. Sesudah itu musnahkan slipnya.",
        "Type the login and the code from your slip, then choose a password. Destroy the slip afterwards.",
    ),
    "code": ("Kode aktivasi", "Activation code"),
    "code_hint": (
        "16 huruf dan angka. Huruf besar atau kecil sama saja; garis boleh dilewati.",
        "16 letters and digits. Upper or lower case alike; hyphens may be left out.",
    ),
    "code_filled": ("Kode dari slip sudah terisi.", "The code from the slip is filled in."),
    "new_password": ("Kata sandi baru", "New password"),
    "new_password_hint": (
        "Sedikitnya 10 huruf. Beberapa kata yang mudah Anda ingat lebih baik daripada tanda-tanda.",
        "At least 10 letters. A few words that you remember are better than signs.",
    ),
    "password_again": ("Kata sandi sekali lagi", "Password once more"),
    "activate": ("Aktifkan", "Activate"),
    "have_account": ("Sudah aktif? Masuk.", "Active already? Log in."),
    "passwords_differ": ("Kedua kata sandi tidak sama.", "The two passwords differ."),
    # second factor
    "second_title": ("Faktor kedua", "Second factor"),
    "second_show_lead": (
        "Ketik kode enam angka dari aplikasi autentikator Anda, atau salah satu kode cadangan.",
        "Type the six digits from your authenticator app, or one of your recovery codes.",
    ),
    "second_code": ("Kode", "Code"),
    "second_show": ("Lanjut", "Continue"),
    "second_setup_lead": (
        "Akun di atas TPS memerlukan faktor kedua: aplikasi autentikator di HP Anda.",
        "Accounts above the station need a second factor: an authenticator app on your phone.",
    ),
    "second_not_needed": (
        "Akun ini tidak memerlukan faktor kedua; Anda boleh memasangnya.",
        "This account needs no second factor; you may set one up.",
    ),
    "second_begin": ("Pasang faktor kedua", "Set up a second factor"),
    "second_replace": ("Pasang yang lain sebagai gantinya", "Set up another one in its place"),
    "second_is_on": (
        "Faktor kedua sudah dipasang dan dipakai di sesi ini.",
        "A second factor is set up and was shown in this session.",
    ),
    "second_scan": (
        "1. Pindai kode ini dengan aplikasi autentikator.",
        "1. Scan this code with your authenticator app.",
    ),
    "second_qr_alt": ("Kode QR untuk aplikasi autentikator", "QR code for the authenticator app"),
    "second_key": ("Atau ketik kunci ini di aplikasi:", "Or type this key into the app:"),
    "second_recovery": (
        "2. Tulis kode cadangan ini dan simpan di tempat aman. Kode ini hanya ditampilkan sekali.",
        "2. Write these recovery codes down and keep them safe. They are shown only once.",
    ),
    "second_confirm": (
        "3. Ketik kode enam angka yang sekarang ditunjukkan aplikasi.",
        "3. Type the six digits that the app shows now.",
    ),
    # devices
    "devices_title": ("Perangkat saya", "My devices"),
    "devices_lead": (
        "Di sini akun Anda sedang masuk. Akhiri yang tidak Anda kenal, lalu minta slip baru.",
        "Your account is logged in here. End what you do not know, then ask for a new slip.",
    ),
    "device_this": ("perangkat ini", "this device"),
    "device_since": ("Masuk {since}, terakhir dipakai {seen}", "Logged in {since}, last used {seen}"),
    "device_end": ("Akhiri", "End"),
    "device_end_of": ("Akhiri {device}", "End {device}"),
    "device_end_all": ("Akhiri semua perangkat", "End all devices"),
    "device_ended": ("Sesi sudah diakhiri.", "The session was ended."),
    "device_none": ("Tidak ada perangkat yang masuk.", "No device is logged in."),
    "device_unnamed": ("tanpa nama", "unnamed"),
    # log out
    "logout_title": ("Keluar", "Log out"),
    "logout_lead": (
        "Foto yang belum terkirim tetap ada di HP ini dan dikirim sesudah masuk lagi.",
        "Photographs that were not sent stay on this phone and are sent after the next log-in.",
    ),
    "logout": ("Keluar dari perangkat ini", "Log out on this device"),
    # app
    "app_title": ("Sirekap di HP", "Sirekap on the phone"),
    "app_missing": (
        "Aplikasi HP belum dipasang di server ini.",
        "The phone app is not installed on this server.",
    ),
    # accounts
    "accounts_title": ("Akun", "Accounts"),
    "accounts_lead": ("Akun di wilayah Anda: {units}.", "Accounts in your area: {units}."),
    "accounts_search": ("Login, kode wilayah atau nama", "Login, code of a unit, or name"),
    "search": ("Cari", "Search"),
    "accounts_none": ("Tidak ada akun yang cocok.", "No account fits."),
    "accounts_more": (
        "Hanya {number} yang pertama; persempit pencarian.",
        "Only the first {number}; search more narrowly.",
    ),
    "account": ("Akun", "Account"),
    "account_name": ("Nama", "Name"),
    "account_state": ("Keadaan", "State"),
    "account_waiting": ("menunggu aktivasi", "waiting for activation"),
    "account_active": ("aktif", "active"),
    "account_blocked": ("diblokir", "blocked"),
    "mandates": ("Mandat", "Mandates"),
    "mandates_none": ("Tidak ada mandat yang berlaku.", "No mandate in force."),
    "mandate": ("{role} di {unit}", "{role} at {unit}"),
    "mandate_for": ("{role} di {unit}, untuk {stands_for}", "{role} at {unit}, for {stands_for}"),
    "withdraw": ("Cabut", "Withdraw"),
    "withdraw_of": ("Cabut {mandate}", "Withdraw {mandate}"),
    "block": ("Blokir akun", "Block the account"),
    "unblock": ("Buka blokir", "Unblock"),
    "end_sessions": ("Akhiri semua sesi", "End all sessions"),
    "new_slip": ("Slip baru (PDF)", "New slip (PDF)"),
    "new_slip_hint": (
        "Kode lama batal. Slip ini hanya dapat diunduh sekali: cetak dan serahkan sendiri.",
        "The older code is void. This slip can be downloaded once: print it and hand it over yourself.",
    ),
    "drop_second": ("Hapus faktor kedua", "Take the second factor away"),
    "drop_second_hint": (
        "Untuk HP yang hilang; orangnya memasang yang baru saat masuk.",
        "For a lost phone; its holder sets up another one at the next log-in.",
    ),
    "sessions": ("Sesi", "Sessions"),
    "sure": ("Saya yakin", "I am sure"),
    "done_block": ("Akun diblokir; semua sesinya berakhir.", "The account is blocked; its sessions are ended."),
    "done_unblock": ("Akun tidak diblokir lagi.", "The account is not blocked any more."),
    "done_end": ("Semua sesi diakhiri.", "All sessions are ended."),
    "done_withdraw": ("Mandat dicabut.", "The mandate is withdrawn."),
    "done_drop": ("Faktor kedua dihapus.", "The second factor is taken away."),
    "done_none": ("Tidak ada yang berubah.", "Nothing changed."),
    "not_sure": (
        "Centang “Saya yakin” dahulu; tidak ada yang berubah.",
        "Tick “I am sure” first; nothing was changed.",
    ),
    "problem_not_yours": (
        "Akun ini bukan di bawah kewenangan Anda.",
        "This account is not yours to manage.",
    ),
    "station": ("TPS", "Station"),
    # a station's sheet
    "sheet_state": ("Keadaan", "State"),
    "sheet_confirmed": (
        "Dikonfirmasi oleh {who}, {at}.",
        "Confirmed by {who}, {at}.",
    ),
    "sheet_unconfirmed": ("Belum dikonfirmasi KPPS.", "Not yet confirmed by the officers."),
    "sheet_none": ("Belum ada foto dari TPS ini.", "There is no photograph of this station yet."),
    "sheet_pages_missing": ("Halaman yang belum difoto: {pages}.", "Pages not photographed: {pages}."),
    "sheet_figures": ("Angka halaman {page}", "Figures of page {page}"),
    "figure_machine": ("mesin: {value}", "machine: {value}"),
    "figure_officer": ("petugas: {value}", "officer: {value}"),
    "figure_corrected": ("dikoreksi petugas", "corrected by the officer"),
    "figure_uncertain": ("mesin tidak yakin", "the machine is not certain"),
    "copies": ("Dibandingkan dengan salinan", "Compared with copies"),
    "copies_none": (
        "Tidak ada perbedaan dengan salinan yang sudah diterima.",
        "No difference from the copies received so far.",
    ),
    "copy_figure": ("Angka", "Figure"),
    "copy_officer": ("Petugas", "Officer"),
    "copy_copy": ("Salinan", "Copy"),
    "copy_who": ("Dari", "From"),
    "events": ("Siapa berbuat apa", "Who did what"),
    "events_none": ("Belum ada catatan.", "Nothing on record yet."),
    "event_when": ("Waktu", "When"),
    "event_who": ("Siapa", "Who"),
    "event_what": ("Apa", "What"),
    "event_photograph received": ("foto diterima", "photograph received"),
    "event_photograph set aside": ("foto dikesampingkan", "photograph set aside"),
    "event_photograph delivered": ("foto dikirim", "photograph delivered"),
    "event_sheet read": ("lembar dibaca", "sheet read"),
    "event_sheet confirmed": ("lembar dikonfirmasi", "sheet confirmed"),
    "event_finding acknowledged": ("temuan ditanggapi", "finding answered for"),
    "event_copy delivered": ("salinan dikirim", "copy delivered"),
    "event_copy read": ("salinan dibaca", "copy read"),
    "photo_waits": ("menunggu dibaca", "waiting to be read"),
    "photo_open": ("Buka foto", "Open the photograph"),
    "photo_alt_short": ("Foto lembar, halaman {page}", "Photograph of the sheet, page {page}"),
    # notices
    "notices_title": ("Kabar", "Notices"),
    "notices_lead": (
        "Yang terjadi pada lembar di wilayah Anda, terbaru di atas. Di sini tidak ada angka.",
        "What happened to sheets of your units, newest first. No figures stand here.",
    ),
    "notices_new": ("{number} baru", "{number} new"),
    "notices_one_new": ("baru", "new"),
    "notices_none": ("Belum ada kabar.", "No notices yet."),
    "notices_older": ("Kabar lebih lama", "Older notices"),
    "notices_newest": ("Kabar terbaru", "Newest notices"),
    "notices_pages": ("Halaman kabar", "Pages of notices"),
    "notices_station": ("TPS {number} {village}", "Station {number} {village}"),
    "notices_mail": ("Kabar lewat surel", "Notices by e-mail"),
    "notices_mail_hint": (
        "Surel menyebut TPS dan kejadiannya saja, tanpa angka dan tanpa nama orang.",
        "Mails name station and event alone, no figures and nobody's name.",
    ),
    "notices_mail_off": (
        "Server ini belum mengirim surel.",
        "This server sends no e-mail yet.",
    ),
    "notices_mail_problem": (
        "Surel terakhir tidak sampai: {problem}",
        "The last mail did not arrive: {problem}",
    ),
    "notices_mail_address": ("Alamat surel", "E-mail address"),
    "notices_mail_how": ("Seberapa sering", "How often"),
    "notices_how_none": ("tidak", "not at all"),
    "notices_how_hourly": ("paling sering tiap jam", "once an hour at most"),
    "notices_how_at_once": ("segera", "at once"),
    "notices_mail_save": ("Simpan", "Save"),
    "notices_mail_done": ("Pilihan Anda disimpan.", "Your choice is kept."),
    "notices_mail_wrong": (
        "Tulis alamat surel yang lengkap, misalnya nama@contoh.id.",
        "Write a whole e-mail address, such as name@example.org.",
    ),
    "notices_mail_asked": (
        "Pilihan Anda disimpan. Surat dengan kode sedang dikirim ke alamat itu.",
        "Your choice is kept. A letter with a code is on its way to that address.",
    ),
    "notices_mail_again": ("Alamat ini sudah dikonfirmasi.", "This address is confirmed."),
    "notices_mail_often": (
        "Terlalu banyak kode diminta; tidak ada yang diubah. Coba lagi nanti: satu kode semenit, lima sehari.",
        "Too many codes were asked for; nothing was changed. Try again later: a code a minute, five a day.",
    ),
    "notices_mail_broken": (
        "Server ini sedang tidak dapat mengirim surel; tidak ada yang diubah.",
        "This server cannot send e-mail at the moment; nothing was changed.",
    ),
    "notices_mail_confirmed": ("{address} sudah dikonfirmasi.", "{address} is confirmed."),
    "notices_mail_waits": (
        (
            "{address} belum dikonfirmasi: kabar baru dikirim ke sana sesudah kodenya ditunjukkan. Bila suratnya "
            "tidak datang, periksa alamatnya."
        ),
        (
            "{address} is not confirmed yet: no notices go there before its code was shown. If no letter comes, "
            "check the address."
        ),
    ),
    "notices_mail_code": ("Ketik kode dari surat itu", "Type the code of that letter"),
    "notices_mail_send_again": ("Kirim kode lagi", "Send a code again"),
    "address_title": ("Konfirmasi alamat surel", "Confirm an e-mail address"),
    "address_lead": (
        "Ketik kode dari surat kami. Tidak perlu masuk.",
        "Type the code of our letter. There is no need to log in.",
    ),
    "address_code": ("Kode dari surat", "Code of the letter"),
    "address_filled": ("Kode dari surat sudah terisi.", "The code of the letter is filled in."),
    "address_code_hint": (
        "16 huruf dan angka; besar kecil huruf dan tanda hubung tidak penting.",
        "16 letters and digits; upper or lower case and hyphens do not matter.",
    ),
    "address_confirm": ("Konfirmasi alamat", "Confirm the address"),
    "address_done": (
        "Terima kasih, alamat ini dikonfirmasi. Kabar dikirim ke sini sampai pilihan di halaman Kabar diubah.",
        "Thank you, this address is confirmed. Notices go there until the choice on the page of notices changes.",
    ),
    "address_wrong": (
        "Kode ini tidak berlaku. Minta kode baru di halaman Kabar.",
        "This code does not hold. Ask for a new one on the page of notices.",
    ),
    # refusals
    "problem_title": ("Tidak dapat ditampilkan", "This cannot be shown"),
    "problem_session": (
        "Anda belum masuk, atau sesi sudah berakhir. Masuk lagi.",
        "You are not logged in, or the session is over. Log in again.",
    ),
    "problem_other_account": (
        "Di ponsel ini sekarang masuk akun lain. Masuk dengan akun yang membuat kiriman ini.",
        "Another account is logged in on this phone now. Log in with the account that made this.",
    ),
    "problem_second": ("Kode faktor kedua salah.", "The second-factor code is wrong."),
    "problem_second_needed": (
        "Tunjukkan faktor kedua dahulu.",
        "Show your second factor first.",
    ),
    "problem_second_first": (
        "Tunjukkan dahulu faktor kedua yang sedang dipakai.",
        "Show the second factor that is in use first.",
    ),
    "problem_no_second": ("Belum ada faktor kedua.", "No second factor is set up."),
    "problem_used": (
        "Kode ini sudah dipakai; tunggu yang berikutnya.",
        "This code was used already; wait for the next one.",
    ),
    "problem_ended": ("Sesi sudah berakhir; masuk lagi.", "This session is over; log in again."),
    "problem_wrong": (
        "Login dan kata sandi atau kode tidak cocok.",
        "Login and password or code do not go together.",
    ),
    "problem_wait": ("Terlalu banyak percobaan yang salah.", "Too many wrong tries."),
    "problem_blocked": (
        "Akun ini diblokir; tanyakan kepada yang memberikannya.",
        "This account is blocked; ask who gave it to you.",
    ),
    "problem_void": (
        "Kode ini sudah dipakai, kedaluwarsa, atau diganti. Minta slip baru.",
        "This code was used, is too old, or was replaced. Ask for a new slip.",
    ),
    "problem_password": ("Kata sandi ini tidak dapat dipakai.", "This password will not do."),
    "problem_csrf": (
        "Permintaan ini tidak datang dari halaman kami, atau halamannya terlalu lama terbuka. Muat ulang dulu.",
        "This request did not come from our page, or the page was open too long. Load it again first.",
    ),
    "problem_host": ("Server ini tidak dikenal dengan nama itu.", "This server is not known by that name."),
    "problem_rate": ("Terlalu banyak permintaan sekaligus.", "Too many requests at once."),
    "problem_busy": ("Server sedang sibuk; tidak ada yang hilang.", "The server is busy; nothing was lost."),
    "problem_length": (
        "Panjang isi (Content-Length) harus disebut.",
        "The body's length (Content-Length) must be told.",
    ),
    "problem_chunk": (
        "Potongan foto terlalu besar: paling besar 1 MiB.",
        "The piece is too large: at most 1 MiB.",
    ),
    "problem_body": ("Isi permintaan terlalu besar.", "The request's body is too large."),
    "problem_multipart": (
        "Foto dikirim sebagai potongan mentah, bukan sebagai formulir.",
        "Photographs are sent as raw pieces, not as a form.",
    ),
    "problem_cut_short": (
        "Isi permintaan terputus di jalan. Kirim lagi.",
        "The body was cut short on its way. Send it again.",
    ),
    "problem_address": ("Alamat ini tidak ada.", "There is no such address."),
    "problem_method": ("Alamat ini tidak menerima cara itu.", "This address does not take that method."),
    "problem_request": ("Permintaan tidak dapat dipahami.", "The request cannot be understood."),
    "problem_invalid": ("Permintaan tidak dapat dipahami.", "The request cannot be understood."),
    "problem_forbidden": ("Akun ini tidak berwenang di sini.", "This account has no mandate here."),
    "problem_unknown": (
        "Wilayah, TPS atau pemilihan ini tidak dikenal.",
        "This unit, station or contest is not known.",
    ),
    "problem_not_ready": (
        "Bagian ini belum tersedia di server ini.",
        "This part is not available on this server yet.",
    ),
    "problem_fault": (
        "Kesalahan di server kami; sudah dicatat. Coba lagi.",
        "A fault on our server; it was noted. Try again.",
    ),
}

TEXTS |= DESK | PLENARY | RERUNS | EVIDENCE

# What Django and the store say of a password in English only.
_RULES = {
    "This password is too short. It must contain at least 10 characters.": (
        "Kata sandi ini terlalu pendek: sedikitnya 10 huruf."
    ),
    "This password is too common.": "Kata sandi ini terlalu umum.",
    "This password holds the login.": "Kata sandi ini memuat login.",
    "This password holds signs that are no text.": "Kata sandi ini memuat tanda yang bukan teks.",
    "This password is too long. It must contain at most 200 characters.": (
        "Kata sandi ini terlalu panjang: paling banyak 200 huruf."
    ),
}


def wording(language: str) -> Translate:
    """As `publish.wording.wording`, for these texts and those."""
    column = LANGUAGES.index(language)

    def text(key: str, **values: object) -> Markup:
        return escape((TEXTS.get(key) or PUBLIC[key])[column]).format(**values)

    return text


def plain(language: str) -> Callable[..., str]:
    """The same as plain text, for programs."""
    column = LANGUAGES.index(language)

    def text(key: str, **values: object) -> str:
        return (TEXTS.get(key) or PUBLIC[key])[column].format(**values)

    return text


def in_words(seconds: float, language: str) -> str:
    """A wait, never shorter than it is.

    >>> in_words(29.2, "id"), in_words(61, "en")
    ('30 detik', '2 minutes')
    """
    whole = max(1, math.ceil(seconds))
    if whole <= 60:
        return plain(language)("seconds", number=whole)
    return plain(language)("minutes", number=math.ceil(whole / 60))


def moment(at: datetime, language: str) -> str:
    """A time as people in Jakarta say it.

    >>> moment(datetime(2024, 2, 14, 23, 5, tzinfo=timezone.utc), "en")
    '15 February 2024, 06.05 WIB'
    """
    local = at.astimezone(WIB)
    return f"{long_date(local.date(), language)}, {local:%H.%M} WIB"


def clock(at: datetime) -> str:
    """The hour of a time as people in Jakarta say it.

    >>> clock(datetime(2024, 2, 14, 23, 5, tzinfo=timezone.utc))
    '06.05 WIB'
    """
    return f"{at.astimezone(WIB):%H.%M} WIB"


def rule_of_password(text: str, language: str) -> str:
    """A broken rule of passwords; a rule that is not known here stays in English."""
    return _RULES.get(text, text) if language == "id" else text


__all__ = [
    "LANGUAGES",
    "OTHER",
    "TEXTS",
    "Translate",
    "clock",
    "in_words",
    "moment",
    "plain",
    "rule_of_password",
    "wording",
]
