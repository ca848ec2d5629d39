"""An authority for tests, keys of officers by role, a token where SoftHSM is, and a time-stamping service."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_public_key,
)

from sirekap.drawing.signing import Key, pkcs12_key, token_key
from sirekap.store.officer_keys import (
    Authority,
    Officer,
    certify_officer,
    certify_timestamper,
    make_authority,
    make_officer_key,
)

DAY = timedelta(days=1)
NOW = datetime.now(UTC)
UNIT = "317301 TANAH ABANG"
PIN, TOKEN, LABEL = "4321", "sirekap", "anggota"
_LIBRARIES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
LIBRARY = next((Path(path) for path in _LIBRARIES if Path(path).exists()), None)
NEEDS_TOKEN = pytest.mark.skipif(
    LIBRARY is None or shutil.which("softhsm2-util") is None, reason="needs Debian's softhsm2"
)


@cache
def authority() -> Authority:
    """Valid from a month ago for two."""
    return make_authority("Pemilu 2024", NOW - 30 * DAY, NOW + 30 * DAY)


@cache
def officer(role: str, first: datetime = NOW - 10 * DAY, last: datetime = NOW + 10 * DAY) -> Key:
    """A key of an officer from PKCS#12."""
    return pkcs12_key(make_officer_key(authority(), Officer(role, role, UNIT), "rahasia", first, last), "rahasia")


@contextmanager
def on_token(folder: Path, role: str) -> Iterator[Key]:
    """A key that was made on a token of SoftHSM, with its certificate beside it."""
    import pkcs11
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
    from pkcs11.util.x509 import decode_x509_certificate

    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", TOKEN, "--so-pin", "1234", "--pin", PIN],
        check=True,
        capture_output=True,
    )
    assert LIBRARY is not None
    library = pkcs11.lib(str(LIBRARY))
    library.reinitialize()
    with library.get_token(token_label=TOKEN).open(user_pin=PIN, rw=True) as session:
        curve = encode_named_curve_parameters("secp256r1")
        parameters = session.create_domain_parameters(
            pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True
        )
        public, _ = parameters.generate_keypair(store=True, label=LABEL)
        key: Any = load_der_public_key(encode_ec_public_key(public))
        pem = certify_officer(authority(), Officer(role, role, UNIT), key, NOW - DAY, NOW + DAY)
        from asn1crypto import pem as armour

        attributes = decode_x509_certificate(armour.unarmor(pem)[2])
        session.create_object({**attributes, pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: LABEL})
    with token_key(LIBRARY, TOKEN, PIN, LABEL) as found:
        yield found


def timestamper(at: datetime, issuer: Authority | None = None) -> Any:
    """A time-stamping service in this process, whose clock says `at`."""
    from asn1crypto import keys, pem, x509
    from pyhanko.sign.timestamps import DummyTimeStamper

    private = generate_private_key(65537, 2048)  # RSA: the only keys that pyHanko's knows
    issuer = issuer or authority()
    certificate = certify_timestamper(
        issuer, "Layanan penanda waktu", private.public_key(), NOW - 20 * DAY, NOW + 20 * DAY
    )
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        x509.Certificate.load(pem.unarmor(certificate)[2]), keys.PrivateKeyInfo.load(der), fixed_dt=at
    )


@contextmanager
def timestamping_server(at: datetime) -> Iterator[str]:
    """The same service over HTTP (RFC 3161, section 3.4) on this machine: its address."""
    service = timestamper(at)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """A reply to one request."""
            from asn1crypto import tsp

            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            reply = service.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
