"""An election's own authority for certificates of officers, and their keys as PKCS#12.

Knows no workspace: bytes in, bytes out; who keeps them where is the caller's. Keys are on P-256, as the server's
are. An election that has certificates of a national authority (BSrE) uses those, and nothing of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sirekap.errors import InputError, Problem, quoted

MOST_LETTERS = 64  # of a name, a title or a unit in a certificate (X.520)


@dataclass(frozen=True, slots=True)
class Authority:
    """The election's authority: its certificate and private key, both PEM."""

    certificate: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Officer:
    """Whom a certificate names: name (or role), role, and the unit's code with its name."""

    name: str
    role: str
    unit: str


def make_authority(election: str, first: datetime, last: datetime) -> Authority:
    """A new authority that signs certificates of officers, valid from `first` to `last`.

    Raises InputError for a name that no certificate can hold.
    """
    private = generate_private_key(SECP256R1())
    name = _name([(NameOID.ORGANIZATION_NAME, "KPU"), (NameOID.COMMON_NAME, f"Sirekap: {election}")])
    builder = (
        _builder(name, name, private.public_key(), first, last)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    certificate = builder.sign(private, SHA256())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Authority(certificate.public_bytes(Encoding.PEM), pem)


def make_officer_key(
    authority: Authority, officer: Officer, password: str, first: datetime, last: datetime
) -> bytes:
    """A new key of an officer with its certificate: a PKCS#12 file, encrypted with the password.

    Raises InputError for an empty password, a bad authority or a name that no certificate can hold.
    """
    if not password:
        raise InputError([Problem("officer's key", "a password", "none")])
    private = generate_private_key(SECP256R1())
    certificate = x509.load_pem_x509_certificate(
        certify_officer(authority, officer, private.public_key(), first, last)
    )
    # The authority's certificate is left out: what a signature carries beside the signer's own proves nothing.
    return pkcs12.serialize_key_and_certificates(
        officer.name.encode(), private, certificate, None, BestAvailableEncryption(password.encode())
    )


def certify_officer(
    authority: Authority, officer: Officer, key: CertificatePublicKeyTypes, first: datetime, last: datetime
) -> bytes:
    """The certificate (PEM) of a key that was made elsewhere, as on a token. Raises InputError as above."""
    subject = _name(
        [
            (NameOID.ORGANIZATION_NAME, "KPU"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, officer.unit),
            (NameOID.TITLE, officer.role),
            (NameOID.COMMON_NAME, officer.name),
        ]
    )
    issuer, private = _loaded(authority)
    builder = (
        _builder(subject, issuer.subject, key, first, last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
    )
    return _issued(builder, issuer, private)


def certify_timestamper(
    authority: Authority, name: str, key: CertificatePublicKeyTypes, first: datetime, last: datetime
) -> bytes:
    """The certificate (PEM) of a time-stamping service's key (RFC 3161). Raises InputError as above."""
    issuer, private = _loaded(authority)
    builder = (
        _builder(_name([(NameOID.COMMON_NAME, name)]), issuer.subject, key, first, last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    )
    return _issued(builder, issuer, private)


def _issued(
    builder: x509.CertificateBuilder, issuer: x509.Certificate, private: EllipticCurvePrivateKey
) -> bytes:
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(private.public_key())
    certificate = builder.add_extension(above, critical=False).sign(private, SHA256())
    return certificate.public_bytes(Encoding.PEM)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, first: datetime, last: datetime
) -> x509.CertificateBuilder:
    if first.tzinfo is None or last.tzinfo is None or first >= last:
        found = f"{first.isoformat()} to {last.isoformat()}"
        raise InputError([Problem("certificate", "a first and a later last moment, with time zones", found)])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
    )


def _usage(*, signs_certificates: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _name(parts: Sequence[tuple[x509.ObjectIdentifier, str]]) -> x509.Name:
    problems = [
        Problem("certificate", f"a text of 1 to {MOST_LETTERS} letters", quoted(text), column=str(oid._name))
        for oid, text in parts
        if not 1 <= len(text) <= MOST_LETTERS
    ]
    if problems:
        raise InputError(problems)
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts])


def _loaded(authority: Authority) -> tuple[x509.Certificate, EllipticCurvePrivateKey]:
    try:
        certificate = x509.load_pem_x509_certificate(authority.certificate)
        private = load_pem_private_key(authority.private_key, None)
    except (ValueError, TypeError) as error:
        raise InputError([Problem("authority", "its certificate and key in PEM", str(error))]) from error
    if not isinstance(private, EllipticCurvePrivateKey) or private.public_key() != certificate.public_key():
        raise InputError([Problem("authority", "the key of its certificate", "another")])
    return certificate, private
