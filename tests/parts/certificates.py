"""Certificates of an authority that lives for one test."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST, ADDRESS = x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where they lie: the authority's, and a server's with its key."""

    authority: Path
    server: Path
    key: Path


def make_certificates(folder: Path, names: Sequence[x509.GeneralName] = (HOST, ADDRESS)) -> Certificates:
    """Make an authority, and a certificate of it for this machine."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Certificates(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    signing_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _build("The tests’ authority", signing_key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    ).sign(signing_key, hashes.SHA256())
    server = _build("localhost", key, issuer=authority.subject).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    ).sign(signing_key, hashes.SHA256())
    made.authority.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made.server.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    made.key.write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))
    return made


def _build(
    name: str, key: ec.EllipticCurvePrivateKey, *, issuer: x509.Name | None = None
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
