"""What `sirekap.toml` says of mail, and certificates of mail servers, for tests."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sirekap.store.setup import Workspace

DAY = timedelta(days=1)
HOST = "127.0.0.1"


def set_mail(workspace: Workspace, text: str) -> None:
    """Write the table `mail`."""
    file = workspace.path / "sirekap.toml"
    file.write_text(f"{file.read_text().partition('[mail]')[0]}\n[mail]\n{text}\n")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass(frozen=True)
class Authority:
    """Somebody who gives certificates; `file` is what a machine that trusts them has."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    folder: Path

    @classmethod
    def made(cls, folder: Path) -> Authority:
        """A fresh one."""
        folder.mkdir()
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name(f"test authority {folder.name}")
        builder = _builder(name, name, key, datetime.now(UTC) + 9 * DAY)
        certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(
            key, hashes.SHA256()
        )
        authority = cls(key, certificate, folder)
        authority.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return authority

    @property
    def file(self) -> Path:
        """The authority's certificate."""
        return self.folder / "authority.pem"

    def context(self, host: str = HOST, until: timedelta = DAY) -> ssl.SSLContext:
        """A server's end of TLS, with a certificate for a host that holds until then."""
        key = ec.generate_private_key(ec.SECP256R1())
        name: x509.GeneralName = x509.DNSName(host)
        if host.replace(".", "").isdigit():
            name = x509.IPAddress(ip_address(host))
        builder = _builder(self.certificate.subject, _name(host), key, datetime.now(UTC) + until)
        certificate = builder.add_extension(x509.SubjectAlternativeName([name]), False).sign(
            self.key, hashes.SHA256()
        )
        file = self.folder / "server.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


def _builder(
    issuer: x509.Name, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: datetime
) -> x509.CertificateBuilder:
    start = until - 10 * DAY
    return (
        x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(until)
    )
