"""The emulator's own certificate authority, and a certificate for its AWS host names."""

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID: Final = dt.timedelta(days=30)
_RENEW_BEFORE: Final = dt.timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificates:
    """Paths of the certificate files.

    Clients trust the authority `ca`; only the owner can read the key.
    """

    ca: Path
    certificate: Path
    key: Path


def certificates(folder: Path, region: str) -> Certificates:
    """Return a folder's certificates; create them if they are missing, about to expire or for another region."""
    files = Certificates(ca=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server-key.pem")
    if not _usable(files, region):
        folder.mkdir(parents=True, exist_ok=True)
        _create(files, region)
    return files


def host_names(region: str) -> list[str]:
    """Return the host names of the server: local ones, and those that clients compute for a region."""
    aws = f"{region}.amazonaws.com"
    services = ("s3", "cognito-idp", "cognito-identity", "dynamodb", "sts", "cloudformation", "lambda")
    return [
        "localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "*.execute-api.localhost",
        *(f"{service}.{aws}" for service in services),
        f"*.s3.{aws}", f"*.execute-api.{aws}", f"*.appsync-api.{aws}", f"*.appsync-realtime-api.{aws}",
        f"*.lambda-url.{region}.on.aws", f"*.auth.{region}.amazoncognito.com", "s3.amazonaws.com",
        "*.s3.amazonaws.com", "sts.amazonaws.com",
    ]  # fmt: skip


def _usable(files: Certificates, region: str) -> bool:
    """Return whether the files are complete, match each other and the region, and do not expire soon."""
    try:
        leaf, ca = (x509.load_pem_x509_certificate(path.read_bytes()) for path in (files.certificate, files.ca))
        key = serialization.load_pem_private_key(files.key.read_bytes(), None)
        leaf.verify_directly_issued_by(ca)
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    if key.public_key() != leaf.public_key():
        return False
    fresh = leaf.not_valid_after_utc > dt.datetime.now(dt.UTC) + _RENEW_BEFORE
    return fresh and set(host_names(region)) <= set(names.get_values_for_type(x509.DNSName))


def _create(files: Certificates, region: str) -> None:
    ca_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "cognito-app local cloud")])
    server_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ca = (
        _builder(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in host_names(region)]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    server = (
        _builder(server_name, ca_name, server_key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    files.ca.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    files.certificate.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    files.key.touch(mode=0o600)
    files.key.write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + _VALID)
    )
