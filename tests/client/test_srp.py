"""SRP by published numbers: RFC 5054 (appendix B), amplify-android's `SRPHelperTests`, amplify-js's `getPaddedHex`.

The local cloud has the other half, with code of its own.
"""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.client import srp
from constructs_lib.local.emulator.user_pools import srp as server

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "srp_vectors.json").read_text(encoding="utf-8"))
RFC: dict[str, Any] = VECTORS["rfc5054"]
ANDROID: dict[str, Any] = VECTORS["amplify-android"]


def rfc(name: str) -> int:
    return int(RFC[name].replace(" ", ""), 16)


def test_the_group_is_the_one_that_the_local_cloud_checks_with() -> None:
    assert srp.N == server.N
    assert srp.N.bit_length() == 3072
    assert all(pow(base, srp.N - 1, srp.N) == 1 for base in (2, 3))


def test_the_other_half_believes_the_right_password_and_no_other() -> None:
    for _ in range(3):
        salt = server.new_salt()
        held = server.verifier("AbC", "sub", "right", salt)
        handshake = srp.Handshake(user_pool_id="eu-west-1_AbC")
        shown, facts = server.challenge("AbC", "sub", salt, held, f"{handshake.public:x}")
        asked = {**shown, "USER_ID_FOR_SRP": "sub"}
        assert server.proves(facts, handshake.answer(asked, "right"))
        assert not server.proves(facts, handshake.answer(asked, "wrong"))


def test_the_secret_is_that_of_the_rfc() -> None:
    n = rfc("N")
    given = {"private": rfc("a"), "public": rfc("B"), "u": rfc("u"), "x": rfc("x")}
    assert srp.shared_secret(n, 2, rfc("k"), **given) == rfc("S")
    assert pow(2, rfc("a"), n) == rfc("A")


def test_every_step_is_that_of_amplify_on_android() -> None:
    handshake = srp.Handshake(user_pool_id=ANDROID["pool"], private=int(ANDROID["a"]))
    group = ANDROID["pool"].partition("_")[2]
    public = int(ANDROID["B"], 16)
    u = srp.scramble(int(ANDROID["A"]), public)
    assert u == int(ANDROID["u"])
    x = srp.secret_of(group, ANDROID["username"], ANDROID["password"], int(ANDROID["salt"], 16))
    assert x == int(ANDROID["x"])
    k = int.from_bytes(hashlib.sha256(srp.padded(srp.N) + b"\x02").digest(), "big")
    shared = srp.shared_secret(srp.N, 2, k, private=handshake.private, public=public, u=u, x=x)
    assert shared == int(ANDROID["S"])
    assert base64.b64encode(srp.key_of(shared, u)).decode() == ANDROID["key"]


def test_what_is_signed_is_that_of_amplify_on_android() -> None:
    """Its test signs with the key's base64 text in place of the key."""
    group, block = ANDROID["pool"].partition("_")[2], base64.b64decode(ANDROID["block"])
    signed = srp.signature(ANDROID["key"].encode(), group, ANDROID["username"], block, ANDROID["stamp"])
    assert base64.b64encode(signed).decode() == ANDROID["m1"]


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "00"), (1, "01"), (127, "7f"), (128, "0080"), (255, "00ff"), (256, "0100"), (32768, "008000")],
)
def test_numbers_are_padded_as_java_pads_them(number: int, text: str) -> None:
    assert srp.padded(number).hex() == text


@pytest.mark.parametrize("theirs", [0, srp.N, 2 * srp.N])
def test_a_number_that_would_give_the_password_away_is_refused(theirs: int) -> None:
    asked = {"USER_ID_FOR_SRP": "u", "SRP_B": f"{theirs:x}", "SALT": "1", "SECRET_BLOCK": ""}
    with pytest.raises(ValueError, match="SRP_B of the user pool is 0 modulo N, which Cognito never sends"):
        srp.Handshake(user_pool_id="eu-west-1_a").answer(asked, "secret")


def test_an_answer_names_whom_the_pool_named_and_signs_its_block() -> None:
    asked = {"USERNAME": "sub", "USER_ID_FOR_SRP": "u", "SRP_B": "5", "SALT": "1", "SECRET_BLOCK": "YWJj"}
    now = datetime(2026, 3, 1, 9, 5, 7, tzinfo=timezone(timedelta(hours=1)))
    answer = srp.Handshake(user_pool_id="eu-west-1_a", private=3).answer(asked, "secret", now=now)
    assert answer.pop("PASSWORD_CLAIM_SIGNATURE")
    assert answer == {
        "USERNAME": "sub", "PASSWORD_CLAIM_SECRET_BLOCK": "YWJj", "TIMESTAMP": "Sun Mar 1 08:05:07 UTC 2026",
    }  # fmt: skip


def test_each_sign_in_has_a_secret_of_its_own_that_no_log_shows() -> None:
    first, second = (srp.Handshake(user_pool_id="eu-west-1_a") for _ in range(2))
    assert first.public != second.public
    assert str(first.private) not in repr(first)
    assert srp.timestamp(datetime(2026, 11, 28, tzinfo=UTC)) == "Sat Nov 28 00:00:00 UTC 2026"
