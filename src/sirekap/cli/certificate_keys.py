"""`sirekap certificates sign` and `trust`: keys of officers, and whom an election trusts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sirekap.cli.common import add_workspace, command, positive

if TYPE_CHECKING:
    from sirekap.drawing.signing import Key

EXTRA = "certificates"
MOST_BYTES = 200_000_000


def add_sign(parts: Any) -> None:
    """Add `sign`."""
    text = (
        "Add a signature to a certificate, in the place of one who signs, with a key from a PKCS#12 file\n"
        "(--key) or on a PKCS#11 token, from which it never leaves (--module, --token, --label)."
    )
    example = (
        "  sirekap certificates sign D.HASIL.pdf --data D.HASIL.json --place 1 --key ketua.p12 \\\n"
        "      --password-file sandi.txt --out signed.pdf\n"
        "  sirekap certificates sign D.HASIL.pdf --data D.HASIL.json --place 2 --out signed.pdf \\\n"
        "      --module /usr/lib/softhsm/libsofthsm2.so --token sirekap --label anggota\n"
    )
    sign = command(parts, "sign", run_sign, text, example, EXTRA)
    help_ = "the certificate, signed by others or by nobody"
    sign.add_argument("file", metavar="FILE.pdf", type=Path, help=help_)
    sign.add_argument("--data", metavar="FILE.json", type=Path, required=True, help="its data")
    help_ = "the place: 1 for the first of the attendance list who signs"
    sign.add_argument("--place", metavar="N", type=positive, required=True, help=help_)
    source = sign.add_mutually_exclusive_group(required=True)
    source.add_argument("--key", metavar="FILE.p12", type=Path, help="the officer's key in a file")
    source.add_argument("--module", metavar="LIBRARY", type=Path, help="the PKCS#11 library of a token")
    sign.add_argument("--token", metavar="NAME", help="the token's label")
    sign.add_argument("--label", metavar="NAME", help="the label of key and certificate on the token")
    add_password(sign, "the password of the file, or the PIN of the token")
    sign.add_argument("--timestamp", metavar="URL", help="a time-stamping service (RFC 3161)")
    sign.add_argument("--out", metavar="FILE.pdf", type=Path, required=True, help="never over a file")


def add_trust(parts: Any) -> None:
    """Add `trust`."""
    text = (
        "Trust an authority: signatures of its officers are taken on this election's certificates, and its\n"
        "certificate is given to whoever checks them."
    )
    example = "  sirekap certificates trust hasil otoritas/authority.pem\n"
    trust = command(parts, "trust", run_trust, text, example, EXTRA)
    add_workspace(trust)
    trust.add_argument("file", metavar="authority.pem", type=Path, help="the authority's certificate")


def run_sign(args: argparse.Namespace) -> int:
    """Write the certificate with one more signature."""
    from sirekap.drawing.certificate_source import signing_places
    from sirekap.drawing.signing import http_timestamper, sign_certificate
    from sirekap.errors import InputError, Problem
    from sirekap.record.certificate import body
    from sirekap.record.certificate_reading import read_certificate
    from sirekap.verify.certificates import check_certificate

    certificate = read_certificate(read(args.data), str(args.data))
    pdf, places = read(args.file), signing_places(certificate)
    if not check_certificate(pdf, (), body(certificate)).data_matches:
        raise InputError([Problem(str(args.data), "the data whose hash the certificate carries", "another")])
    if args.place > len(places):
        raise InputError([Problem("--place", f"1 to {len(places)}, those who sign", str(args.place))])
    place = places[args.place - 1]
    timestamper = http_timestamper(args.timestamp) if args.timestamp else None
    with _key(args) as key:
        keep(args.out, sign_certificate(pdf, key, place, timestamper))
    where = f"{place.person.role} {place.person.stands_for}".rstrip()
    print(f"{args.out}: signed by {key.name} in the place of {where}")
    return 0


@contextmanager
def _key(args: argparse.Namespace) -> Iterator[Key]:
    from sirekap.drawing.signing import pkcs12_key, token_key
    from sirekap.errors import InputError, Problem

    if args.module is None:
        yield pkcs12_key(read(args.key), password(args))
        return
    for option, value in (("--token", args.token), ("--label", args.label)):
        if not value:
            raise InputError([Problem(option, "a label on the token", "none")])
    with token_key(args.module, args.token, password(args), args.label) as key:
        yield key


def run_trust(args: argparse.Namespace) -> int:
    """Add the authority's certificate to those of the workspace."""
    from sirekap.store.plenary_papers import trust, trusted_roots
    from sirekap.store.setup import open_workspace
    from sirekap.verify.certificates import read_root

    workspace, pem = open_workspace(args.dir), read(args.file)
    name = read_root(pem, str(args.file)).subject.human_friendly
    new = trust(workspace, pem, str(args.file))
    told = "is trusted from now on" if new else "was trusted already"
    print(f"{name} {told}; {len(trusted_roots(workspace))} in all.")
    return 0


def add_password(parser: argparse.ArgumentParser, what: str = "the password") -> None:
    """Add the option of a secret that stands in a file."""
    help_ = f"a file whose first line is {what}; asked for on a terminal if it is not given"
    parser.add_argument("--password-file", metavar="FILE", type=Path, help=help_)


def password(args: argparse.Namespace) -> str:
    """The secret from its file, else asked for on a terminal. Raises InputError where there is neither."""
    from sirekap.errors import InputError, Problem

    if args.password_file is not None:
        return read(args.password_file).decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if not sys.stdin.isatty():
        raise InputError([Problem("--password-file", "a file with the password", "none, and no terminal to ask")])
    import getpass

    return getpass.getpass("Password or PIN of the key: ")


def read(path: Path) -> bytes:
    """A file's bytes. Raises InputError with its name where it cannot be read."""
    from sirekap.errors import InputError, Problem

    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError as error:
        raise InputError([Problem(str(path), "a file that can be read", error.strerror or str(error))]) from error


def keep(path: Path, data: bytes) -> None:
    """Write a new file that its owner alone can read."""
    from sirekap.errors import InputError, Problem

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InputError([Problem(str(path), "a new file", error.strerror or str(error))]) from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
