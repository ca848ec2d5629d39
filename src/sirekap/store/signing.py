"""ECDSA on P-256 with SHA-256, in the shapes that WebCrypto has too: x and y, r and s, 32 bytes each.

Knows no workspace, so `sirekap check-result` needs none. Why this curve: docs/decisions/0013-hand-over.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sirekap.errors import InputError, Problem, quoted
from sirekap.forms import FORMS
from sirekap.record.handover import POINT_BYTES, HandoverError, from_text, key_id
from sirekap.record.verdict import Verdict, judge

_CURVE = SECP256R1()
_HALF = POINT_BYTES // 2
_UNCOMPRESSED = b"\x04"

PrivateKey = EllipticCurvePrivateKey


def new_private_key() -> PrivateKey:
    """A fresh key pair."""
    return generate_private_key(_CURVE)


def public_key_of(private: PrivateKey) -> bytes:
    """The public key's x and y, 64 bytes."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]


def is_public_key(public_key: bytes) -> bool:
    """Whether 64 bytes are a point of the curve."""
    return _loaded(public_key) is not None


def sign_with(private: PrivateKey, message: bytes) -> bytes:
    """The signature's r and s, 64 bytes."""
    r, s = decode_dss_signature(private.sign(message, ECDSA(SHA256())))
    return r.to_bytes(_HALF, "big") + s.to_bytes(_HALF, "big")


def verify(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether a public key, a message and a signature go together; False also for what is no key or signature."""
    key = _loaded(public_key)
    if key is None or len(signature) != POINT_BYTES:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def check_handover(text: str, keys: Mapping[str, bytes], at: int) -> Verdict:
    """Whether a text or link is a genuine result, by the server's public keys alone. Raises nothing.

    `keys` are public keys by id, `at` is in seconds since 1970.
    """
    return judge(text, keys, at, verify, FORMS)


def read_keys(document: Any, file: str = "keys") -> dict[str, bytes]:
    """The public keys of such a document. Raises InputError for another shape, or an id that is not its key's."""
    keys: dict[str, bytes] = {}
    try:
        for item in document["keys"]:
            key = from_text(item["public_key"])
            if not is_public_key(key) or key_id(key) != item["id"]:
                raise ValueError(f"no key of the id {quoted(item['id'])}")
            keys[item["id"]] = key
    except (KeyError, TypeError, ValueError, HandoverError) as error:
        advice = "The server gives it at /api/v1/keys."
        expected = '{"keys": [{"id", "public_key"}]}'
        raise InputError([Problem(file, expected, str(error), advice=advice)]) from error
    return keys


def _loaded(public_key: bytes) -> EllipticCurvePublicKey | None:
    if len(public_key) != POINT_BYTES:
        return None
    try:
        return EllipticCurvePublicKey.from_encoded_point(_CURVE, _UNCOMPRESSED + public_key)
    except ValueError:
        return None
