"""Server side of SRP, for passwords and remembered devices.

Source: RFC 5054 with the 3072-bit group of RFC 3526 and generator 2; the key derivation and the signed message are
those of AWS's own clients (amplify-js, `AuthenticationHelper`).
"""

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime
from typing import Any, Final

from .errors import invalid

N: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_G: Final = 2
_PRIVATE_BITS: Final = 512
"""Of the server's secret number: RFC 3526 (section 8) estimates this group to be worth 420, and 3072 take six times as
long."""
_STAMP: Final = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2} "
    r"\d{2}:\d{2}:\d{2} (UTC|GMT) \d{4}"
)
_HEX: Final = re.compile(r"[0-9a-fA-F]+")


def padded(number: int) -> bytes:
    """Return a number's bytes, with a leading zero byte if it would be read as negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


_K: Final = _hash(padded(N), padded(_G))


def check_a(value: Any) -> str:
    """Return a client's public value.

    Raises:
        RefusedError: If it is missing or not a number.
    """
    if not value:
        raise invalid("Missing required parameter SRP_A")
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise invalid(
            f"1 validation error detected: Value '{value}' at 'sRPA' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: ^[0-9a-fA-F]+$"
        )
    return value


def new_salt() -> str:
    """Return a salt whose first byte is not zero, because clients pad such a salt differently."""
    return secrets.choice("123456789abcdef") + secrets.token_hex(16)[1:]


def verifier(group: str, name: str, password: str, salt: str) -> int:
    """Return the verifier of a password.

    Group and name are the pool's name in its ID and the user's, or a device's group and key. The salt is hexadecimal.
    """
    inner = hashlib.sha256(f"{group}{name}:{password}".encode()).digest()
    return pow(_G, _hash(padded(int(salt, 16)), inner), N)


def unknown_verifier() -> int:
    """Return a verifier that matches no password."""
    return pow(_G, secrets.randbits(_PRIVATE_BITS), N)


def challenge(
    group: str, name: str, salt: str, verifier_number: int, srp_a: str
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the challenge parameters for the client, and the values to check its proof with.

    Group, name and salt are as in `verifier`; `srp_a` is the client's public value.
    """
    b = secrets.randbits(_PRIVATE_BITS)
    public = (_K * verifier_number + pow(_G, b, N)) % N
    block = base64.b64encode(secrets.token_bytes(48)).decode()
    shown = {"SALT": salt, "SECRET_BLOCK": block, "SRP_B": format(public, "x")}
    facts = {
        "group": group, "name": name, "verifier": format(verifier_number, "x"), "a": srp_a, "b": format(b, "x"),
        "public": format(public, "x"), "block": block,
    }  # fmt: skip
    return shown, facts


def check_form(responses: dict[str, Any], *names: str) -> None:
    """Refuse a malformed proof, in AWS's order of checks."""
    if not responses:
        raise invalid("Missing required parameter challenge responses.")
    for name in (*names, "TIMESTAMP", "PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"):
        if not responses.get(name):
            raise invalid(f"Missing required parameter {name}")
    if not _STAMP.fullmatch(responses["TIMESTAMP"]):
        raise invalid("TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")
    try:
        base64.b64decode(responses["PASSWORD_CLAIM_SIGNATURE"], validate=True)
    except ValueError as error:
        raise invalid("Invalid PASSWORD_CLAIM_SIGNATURE format. Must be a Base64 string.") from error


def _is_canonical(stamp: str) -> bool:
    """Return whether a timestamp has AWS's format: the correct weekday, the day without a leading zero, UTC."""
    parts = stamp.split()
    try:
        moment = datetime.strptime(f"{parts[5]} {parts[1]} {parts[2]} {parts[3]} +0000", "%Y %b %d %H:%M:%S %z")
    except ValueError:
        return False
    return stamp == f"{moment:%a %b} {moment.day} {moment:%H:%M:%S} UTC {moment.year}"


def proves(facts: dict[str, Any], responses: dict[str, Any]) -> bool:
    """Return whether a client's proof matches its challenge."""
    block = str(responses["PASSWORD_CLAIM_SECRET_BLOCK"])
    if not hmac.compare_digest(block.encode(), facts["block"].encode()) or not _is_canonical(responses["TIMESTAMP"]):
        return False
    big_a, public = int(facts["a"], 16), int(facts["public"], 16)
    u = _hash(padded(big_a), padded(public))
    if big_a % N == 0 or u == 0:
        return False
    shared = pow(big_a * pow(int(facts["verifier"], 16), u, N), int(facts["b"], 16), N)
    middle = hmac.new(padded(u), padded(shared), hashlib.sha256).digest()
    key = hmac.new(middle, b"Caldera Derived Key\x01", hashlib.sha256).digest()[:16]
    signed = (
        f"{facts['group']}{facts['name']}".encode() + base64.b64decode(block) + str(responses["TIMESTAMP"]).encode()
    )
    expected = hmac.new(key, signed, hashlib.sha256).digest()
    return hmac.compare_digest(expected, base64.b64decode(responses["PASSWORD_CLAIM_SIGNATURE"]))
