"""The server's key: made once, vouching for devices, signing receipts; handed-over results judged."""

import json
import stat
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from sirekap.errors import InputError
from sirekap.forms import FORMS
from sirekap.record.handover import (
    Certificate,
    Handover,
    decode_certificate,
    encode,
    encode_certificate,
    from_text,
    key_id,
    to_text,
)
from sirekap.record.verdict import REMARKS, WORDS, Outcome, Reason, Remark
from sirekap.store import lockout
from sirekap.store.accounts import actor_of, find_account
from sirekap.store.keys import (
    CERTIFIED,
    KEY_MADE,
    NotAllowed,
    certify_device,
    check_handover,
    is_receipt,
    keys_document,
    public_keys,
    receipt,
    renew_key,
    sign,
)
from sirekap.store.models import Event
from sirekap.store.passwords import Argon2
from sirekap.store.sessions import Signed, activate, end_sessions, log_out, signed_in
from sirekap.store.setup import SERVER_KEY, Workspace, open_workspace
from sirekap.store.signing import (
    check_handover as check_by_keys,
)
from sirekap.store.signing import (
    is_public_key,
    new_private_key,
    public_key_of,
    read_keys,
    sign_with,
    verify,
)
from tests.store.people import AT, BASE, OTHER, PASSWORD, STATION, fast_passwords, loaded, make

FORM = FORMS["C.HASIL-PPWP/2024"]
LATER = AT + timedelta(hours=8)
NOW = int(LATER.timestamp())
DEVICE = new_private_key()
STRANGER = new_private_key()


@pytest.fixture(autouse=True)
def _fast() -> Iterator[None]:
    before = Argon2.memory_cost, Argon2.time_cost
    fast_passwords()
    yield
    Argon2.memory_cost, Argon2.time_cost = before


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A loaded workspace without accounts."""
    return loaded(tmp_path)


@pytest.fixture
def codes(workspace: Workspace) -> dict[str, str]:
    """The accounts' codes by login."""
    return make(workspace, BASE)[1]


def officer(workspace: Workspace, codes: dict[str, str], login: str = f"{STATION}a") -> tuple[str, Signed]:
    """A device that is logged in: its token, and who it stands for."""
    token = activate(workspace, login, codes[login], PASSWORD, "HP", AT).token
    signed = signed_in(workspace, token, AT)
    assert signed is not None
    return token, signed


def result(certificate: Certificate, device: Any = DEVICE, **changes: Any) -> Handover:
    """A signed result of the example's form."""
    figures: tuple[int | None, ...] = (*range(len(FORM.names) - 1), None)
    bare = Handover(certificate, "ppwp", FORM.id, NOW, figures, b"")
    bare = replace(bare, **changes)
    return replace(bare, signature=sign_with(device, bare.message))


def certified(workspace: Workspace, signed: Signed) -> Certificate:
    return decode_certificate(certify_device(workspace, signed, STATION, public_key_of(DEVICE), AT))


def test_the_key_is_made_at_the_first_use_for_its_owner_alone(workspace: Workspace) -> None:
    """It lies in the folder and not in the database; its public half is written down."""
    path = workspace.path / SERVER_KEY
    assert not path.exists()
    made = sign(workspace, b"text")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in workspace.path.iterdir() if SERVER_KEY in item.name] == [SERVER_KEY]
    keys = public_keys(workspace)
    assert list(keys) == [made.key] and made.key == key_id(keys[made.key])
    assert verify(keys[made.key], b"text", made.value) and not verify(keys[made.key], b"Text", made.value)
    detail = workspace.rows(Event).get(act=KEY_MADE, subject=made.key).detail
    assert detail == {"public_key": to_text(keys[made.key])}


def _signs(folder: Path) -> str:
    return sign(open_workspace(folder), b"text").key


@pytest.mark.slow
def test_processes_at_once_make_one_key(workspace: Workspace) -> None:
    """Whoever comes second takes the key of the first."""
    workspace.close()
    with ProcessPoolExecutor(4, get_context("spawn")) as pool:
        used = set(pool.map(_signs, [workspace.path] * 8))
    assert used == set(public_keys(workspace))


def test_an_older_key_still_verifies(workspace: Workspace) -> None:
    """A renewed key takes the older one's place for signing, not for checking."""
    old = sign(workspace, b"text")
    new = renew_key(workspace)
    assert new != old.key and sign(workspace, b"more").key == new
    keys = public_keys(workspace)
    assert list(keys) == [old.key, new] and verify(keys[old.key], b"text", old.value)
    assert read_keys(keys_document(workspace)) == keys


def test_a_key_of_a_transaction_that_failed_is_written_down_at_its_next_use(workspace: Workspace) -> None:
    """The file outlives the transaction: the row that was taken back with it is made again."""
    with pytest.raises(RuntimeError), transaction.atomic(using=workspace.alias):
        made = sign(workspace, b"text")
        raise RuntimeError
    assert list(public_keys(workspace)) == [made.key]


@pytest.mark.parametrize(
    "content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_spoilt_key_is_told_and_left_as_it_is(workspace: Workspace, content: bytes) -> None:
    """Nothing signs with it, and nothing overwrites it unasked."""
    path = workspace.path / SERVER_KEY
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"server\.key.*Bring the file back"):
        sign(workspace, b"text")
    assert path.read_bytes() == content


def test_an_officers_device_is_vouched_for_until_its_session_ends_by_age(
    workspace: Workspace, codes: dict[str, str]
) -> None:
    """The certificate names station, role and times, the server signed it, and an event tells who asked."""
    _, signed = officer(workspace, codes)
    certificate = certified(workspace, signed)
    assert (certificate.station, certificate.role, certificate.public_key) == (
        STATION, "kpps", public_key_of(DEVICE),
    )  # fmt: skip
    assert (certificate.issued, certificate.expires) == (
        int(AT.timestamp()), int((AT + timedelta(days=7)).timestamp()),
    )  # fmt: skip
    assert verify(public_keys(workspace)[certificate.key], certificate.message, certificate.signature)
    event = workspace.rows(Event).get(act=CERTIFIED)
    assert (event.who, event.subject, event.at) == (f"{STATION}a", STATION, AT)
    assert event.detail["certificate"] == certificate.id and event.detail["session"] == signed.session


@pytest.mark.parametrize("station", [OTHER, "3173011001", "0", "", "12"])
def test_nobody_is_vouched_for_outside_a_mandate(
    workspace: Workspace, codes: dict[str, str], station: str
) -> None:
    """Another station, a unit above it, or no unit at all: refused, and nothing is written down."""
    _, signed = officer(workspace, codes)
    with pytest.raises(NotAllowed, match="KPPS alone"):
        certify_device(workspace, signed, station, public_key_of(DEVICE), AT)
    assert not workspace.rows(Event).filter(act=CERTIFIED).exists()


def test_who_may_not_hand_over_is_not_vouched_for(workspace: Workspace, codes: dict[str, str]) -> None:
    """A district's committee sees the sheet but hands nothing over."""
    _, signed = officer(workspace, codes, "ppk-317301-a")
    with pytest.raises(NotAllowed):
        certify_device(workspace, signed, STATION, public_key_of(DEVICE), AT)


NO_KEYS = {
    "nothing": b"",
    "zeros": b"\0" * 64,
    "ones": b"\xff" * 64,
    "a point with its prefix": b"\x04" + public_key_of(DEVICE),
}


@pytest.mark.parametrize("key", NO_KEYS.values(), ids=NO_KEYS)
def test_what_is_no_key_is_not_vouched_for(workspace: Workspace, codes: dict[str, str], key: bytes) -> None:
    """A point off the curve, or another length."""
    _, signed = officer(workspace, codes)
    with pytest.raises(InputError, match="public_key"):
        certify_device(workspace, signed, STATION, key, AT)


def test_an_ended_session_is_not_vouched_for(workspace: Workspace, codes: dict[str, str]) -> None:
    """Also where it was ended after the request began, or is too old."""
    token, signed = officer(workspace, codes)
    with pytest.raises(lockout.Refused):
        certify_device(workspace, signed, STATION, public_key_of(DEVICE), AT + timedelta(days=7))
    log_out(workspace, token, AT)
    with pytest.raises(lockout.Refused):
        certify_device(workspace, signed, STATION, public_key_of(DEVICE), AT)


def test_a_handed_over_result_is_genuine(workspace: Workspace, codes: dict[str, str]) -> None:
    """By the server, and by its public keys alone."""
    text = encode(result(certified(workspace, officer(workspace, codes)[1])))
    for verdict in (
        check_handover(workspace, text, LATER),
        check_by_keys(f"https://kpu.example/app/periksa#{text}", public_keys(workspace), NOW),
    ):
        assert (verdict.reason, verdict.outcome, verdict.remarks) == (Reason.GENUINE, Outcome.GENUINE, ())
        assert verdict.handover is not None and verdict.handover.station == STATION


def test_every_byte_is_covered(workspace: Workspace, codes: dict[str, str]) -> None:
    """A text with any one byte changed is genuine no more."""
    data = from_text(encode(result(certified(workspace, officer(workspace, codes)[1]))))
    keys = public_keys(workspace)
    for at in range(len(data)):
        for bit in (1, 128):
            changed = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            assert check_by_keys(to_text(changed), keys, NOW).outcome is not Outcome.GENUINE, at


WEEK = timedelta(days=7)
CASES: dict[str, tuple[Callable[[Certificate], Handover], Reason]] = {
    "another device signed it": (lambda c: result(c, STRANGER), Reason.RESULT),
    "figures were changed": (lambda c: replace(result(c), figures=(1,) * len(FORM.names)), Reason.RESULT),
    "another time": (lambda c: replace(result(c), at=NOW + 1), Reason.RESULT),
    "a device that vouches for itself": (
        lambda c: result(
            replace(c, public_key=public_key_of(STRANGER), signature=sign_with(STRANGER, c.message)), STRANGER
        ),
        Reason.CERTIFICATE,
    ),
    "a certificate moved to another station": (
        lambda c: result(replace(c, station=OTHER)), Reason.CERTIFICATE,
    ),
    "a certificate made longer": (lambda c: result(replace(c, expires=c.expires + 1)), Reason.CERTIFICATE),
    "an unknown server": (lambda c: result(replace(c, key="0" * 16)), Reason.UNKNOWN_KEY),
    "before the certificate": (lambda c: result(c, at=c.issued - 1), Reason.TIME),
    "at its first second": (lambda c: result(c, at=c.issued), Reason.GENUINE),
    "at its last second": (lambda c: result(c, at=c.expires), Reason.GENUINE),
    "after the certificate": (lambda c: result(c, at=c.expires + 1), Reason.TIME),
    "too few figures": (lambda c: result(c, figures=(1, 2)), Reason.FORM),
    "a figure that its boxes cannot hold": (
        lambda c: result(c, figures=(1000,) * len(FORM.names)), Reason.FORM,
    ),
    "another contest's form": (lambda c: result(c, contest="pdpr"), Reason.FORM),
    "a form that is not known": (lambda c: result(c, form="C.HASIL-X/2029"), Reason.GENUINE),
    "all blank": (lambda c: result(c, figures=(None,) * len(FORM.names)), Reason.GENUINE),
}  # fmt: skip


def test_each_result_has_its_verdict(workspace: Workspace, codes: dict[str, str]) -> None:
    """A table of forgeries, and of results that look odd and are genuine."""
    certificate = certified(workspace, officer(workspace, codes)[1])
    found = {
        name: check_handover(workspace, encode(made(certificate)), LATER).reason
        for name, (made, _) in CASES.items()
    }
    assert found == {name: reason for name, (_, reason) in CASES.items()}


def test_the_signature_of_a_certificate_is_none_of_a_result(workspace: Workspace, codes: dict[str, str]) -> None:
    """What is signed for one purpose serves no other."""
    certificate = certified(workspace, officer(workspace, codes)[1])
    head = encode_certificate(certificate)[:-64]
    server = public_keys(workspace)[certificate.key]
    assert verify(server, b"sirekap/certificate/1\n" + head, certificate.signature)
    assert not verify(server, b"sirekap/result/1\n" + head, certificate.signature)


@pytest.mark.parametrize(
    ("ends", "reason"), [(-timedelta(hours=1), Reason.ENDED), (timedelta(hours=1), Reason.GENUINE)]
)
def test_the_server_knows_of_a_session_that_was_ended_from_afar(
    workspace: Workspace, codes: dict[str, str], ends: timedelta, reason: Reason
) -> None:
    """A result made after the end of its session is not valid; one made before stays so. A phone cannot know."""
    text = encode(result(certified(workspace, officer(workspace, codes)[1])))
    account = find_account(workspace, f"{STATION}a")
    end_sessions(workspace, account, actor_of(workspace, "admin-0-a", AT), LATER + ends)
    assert check_handover(workspace, text, LATER).reason is reason
    assert check_by_keys(text, public_keys(workspace), NOW).reason is Reason.GENUINE


def test_a_result_from_the_future_is_remarked_upon(workspace: Workspace, codes: dict[str, str]) -> None:
    """A clock is wrong, and nobody knows whose: no reason to distrust the figures."""
    certificate = certified(workspace, officer(workspace, codes)[1])
    late = check_handover(workspace, encode(result(certificate)), LATER - timedelta(seconds=601))
    assert (late.reason, late.remarks) == (Reason.GENUINE, (Remark.CLOCK,))
    assert check_handover(workspace, encode(result(certificate)), LATER - timedelta(seconds=600)).remarks == ()
    unknown = check_handover(workspace, encode(result(certificate, form="C.HASIL-X/2029")), LATER)
    assert unknown.remarks == (Remark.FORM,)


def test_every_reason_and_remark_has_words_in_both_languages() -> None:
    """Screens never show a code."""
    assert set(WORDS) == set(Reason) and set(REMARKS) == set(Remark)
    assert all(label.id and label.en and label.id != label.en for label in [*WORDS.values(), *REMARKS.values()])


def test_a_receipt_holds_as_it_stands(workspace: Workspace) -> None:
    """Signed content verifies whatever the order of its names, and no longer once a value differs."""
    made = receipt(workspace, {"sha256": "ab", "page": 2, "station": STATION, "at": None})
    keys = public_keys(workspace)
    assert is_receipt(dict(reversed(made.items())), keys)
    assert is_receipt(json.loads(json.dumps(made)), keys)
    for name in made:
        assert not is_receipt({**made, name: "other"}, keys)
        assert not is_receipt({other: value for other, value in made.items() if other != name}, keys)
    assert not is_receipt({**made, "more": 1}, keys) and not is_receipt(made, {}) and not is_receipt({}, keys)
    with pytest.raises(ValueError, match="of its own"):
        receipt(workspace, {"key": "mine"})


@pytest.mark.parametrize(
    "document",
    [
        None, [], {}, {"keys": 1}, {"keys": [{}]}, {"keys": [{"id": "00", "public_key": "AA"}]},
        {"keys": [{"id": "0" * 16, "public_key": to_text(public_key_of(DEVICE))}]},
        {"keys": [{"id": key_id(bytes(64)), "public_key": to_text(bytes(64))}]},
        {"keys": [{"id": "00", "public_key": 7}]},
    ],
)  # fmt: skip
def test_what_holds_no_keys_is_refused(document: Any) -> None:
    """Another shape, a key off the curve, or an id that is not its key's."""
    with pytest.raises(InputError, match="keys"):
        read_keys(document)


def test_no_bytes_make_verify_stumble() -> None:
    """What is no key or no signature does not go together with anything."""
    good, signature = public_key_of(DEVICE), sign_with(DEVICE, b"x")
    assert is_public_key(good) and verify(good, b"x", signature)
    for key, signed in (
        (b"", signature),
        (bytes(64), signature),
        (good, b""),
        (good, bytes(64)),
        (good, b"\xff" * 64),
    ):
        assert not verify(key, b"x", signed)
