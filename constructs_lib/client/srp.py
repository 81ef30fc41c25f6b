"""The client side of SRP, with which Cognito verifies a password that never leaves this process.

The steps are those of RFC 5054 (section 2.6) in the 3072-bit group of RFC 3526 with generator 2. Padding, key
derivation and signature are those of AWS's own clients (amplify-js `AuthenticationHelper`, amplify-android
`SRPHelper`): numbers are padded as Java's `BigInteger.toByteArray()` pads them, not to the length of N as in the RFC.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

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
_INFO: Final = b"Caldera Derived Key\x01"
"""HKDF's `info` and the counter of its first and only block (RFC 5869, section 2.3)."""
_PRIVATE_BITS: Final = 512
"""More than the 420 that RFC 3526 (section 8) estimates this group to be worth, at half of the time for 1024."""
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, kw_only=True, slots=True)
class Handshake:
    """One sign-in. Create a new one for each sign-in: its secret number must not be reused.

    Args:
        user_pool_id: The pool's ID, such as `eu-west-1_AbCdEfGhI`.
        private: The secret number. By default a random one.
    """

    user_pool_id: str
    private: int = field(default_factory=lambda: secrets.randbits(_PRIVATE_BITS), repr=False)
    public: int = field(init=False)
    """The number that is sent as `SRP_A`."""

    def __post_init__(self) -> None:
        """Calculate the public number once."""
        object.__setattr__(self, "public", pow(_G, self.private, N))

    def answer(self, challenge: Mapping[str, str], password: str, *, now: datetime | None = None) -> dict[str, str]:
        """Return the response to the challenge PASSWORD_VERIFIER.

        Args:
            challenge: The challenge's parameters from the user pool.
            password: The password.
            now: The time that is signed. By default the clock's; the pool refuses one that differs too much.

        Returns:
            The `ChallengeResponses`.

        Raises:
            ValueError: The pool's number would reveal the password.
        """
        name, group = challenge["USER_ID_FOR_SRP"], self.user_pool_id.partition("_")[2]
        theirs = int(challenge["SRP_B"], 16)
        u = scramble(self.public, theirs)
        if theirs % N == 0 or u == 0:
            raise ValueError(
                "SRP_B of the user pool is 0 modulo N, which Cognito never sends; check the endpoint, and do not sign "
                "in to it"
            )
        x = secret_of(group, name, password, int(challenge["SALT"], 16))
        shared = shared_secret(N, _G, _hashed(padded(N), padded(_G)), private=self.private, public=theirs, u=u, x=x)
        stamp = timestamp(now or datetime.now(UTC))
        block = base64.b64decode(challenge["SECRET_BLOCK"])
        signed = signature(key_of(shared, u), group, name, block, stamp)
        return {
            "USERNAME": challenge.get("USERNAME", name),
            "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
            "PASSWORD_CLAIM_SIGNATURE": base64.b64encode(signed).decode(),
            "TIMESTAMP": stamp,
        }


def padded(number: int) -> bytes:
    """Return a number's bytes, with a leading zero if it would be read as negative."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hashed(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


def scramble(ours: int, theirs: int) -> int:
    """Return `u`, which ties the secret to both public numbers."""
    return _hashed(padded(ours), padded(theirs))


def secret_of(group: str, name: str, password: str, salt: int) -> int:
    """Return `x`, the private key derived from the password.

    The group is the part of the pool's ID after `_`; the name is the user's as the pool knows it (`USER_ID_FOR_SRP`).
    """
    return _hashed(padded(salt), hashlib.sha256(f"{group}{name}:{password}".encode()).digest())


def shared_secret(n: int, g: int, k: int, *, private: int, public: int, u: int, x: int) -> int:
    """Return `S`, the shared secret: `(B - k * g^x) ^ (a + u * x) mod N` (RFC 5054, section 2.6).

    `n` is the prime of the group, `g` its generator and `k` the multiplier; `u` is of `scramble` and `x` of
    `secret_of`.
    """
    return pow(public - k * pow(g, x, n), private + u * x, n)


def key_of(shared: int, u: int) -> bytes:
    """Return the 16 bytes of the signing key, by HKDF (RFC 5869) with `u` as its salt."""
    extracted = hmac.digest(padded(u), padded(shared), "sha256")
    return hmac.digest(extracted, _INFO, "sha256")[:16]


def signature(key: bytes, group: str, name: str, block: bytes, stamp: str) -> bytes:
    """Return the proof of the password: a signature of the pool, the user, the pool's block and the time."""
    return hmac.digest(key, group.encode() + name.encode() + block + stamp.encode(), "sha256")


def timestamp(moment: datetime) -> str:
    """Return a time in Cognito's format: English in every locale, the day without a leading zero, UTC."""
    there = moment.astimezone(UTC)
    day, month = _DAYS[there.weekday()], _MONTHS[there.month - 1]
    return f"{day} {month} {there.day} {there:%H:%M:%S} UTC {there.year}"
