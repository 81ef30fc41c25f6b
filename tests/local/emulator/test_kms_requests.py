"""The key that authorizes a KMS request, its encryption context, and the key of a ciphertext."""

from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
SUB = "${cognito-identity.amazonaws.com:sub}"


def allow(resource: str, effect: str = "Allow", **extra: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": "kms:*", "Resource": resource, **extra}


@pytest.fixture
def key(emulator: Any) -> tuple[str, str]:
    """Return the ARN of a key, and its alias."""
    kms, alias = emulator.admin("kms"), f"alias/{emulator.name('key')}"
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName=alias, TargetKeyId=arn)
    return str(arn), alias


def test_a_key_is_authorized_as_itself_whatever_names_it(emulator: Any, key: tuple[str, str]) -> None:
    arn, alias = key
    aliases = arn.rpartition(":")[0] + ":alias/*"
    for statements, expected in (
        ([allow(arn)], "allowed"),
        ([allow(aliases)], "AccessDeniedException"),
        ([allow("*"), allow(arn, "Deny")], "AccessDeniedException"),
    ):
        client = emulator.member(statements).client("kms")
        names = (arn, arn.rpartition("/")[2], alias, arn.rpartition(":")[0] + ":" + alias)
        assert {outcome(client.encrypt, KeyId=name, Plaintext=b"x") for name in names} == {expected}


def test_a_user_decrypts_under_their_own_encryption_context_only(emulator: Any, key: tuple[str, str]) -> None:
    own = {"StringEquals": {"kms:EncryptionContext:owner": SUB}}
    exact = {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["owner"]}}
    caller = emulator.member([allow(key[0], Condition=own | exact)])
    call = caller.client("kms").encrypt
    for context, expected in (
        ({"owner": caller.identity_id}, "allowed"),
        ({"owner": "us-east-1:bob"}, "AccessDeniedException"),
        ({"owner": caller.identity_id, "more": "x"}, "AccessDeniedException"),
        ({}, "AccessDeniedException"),
    ):
        assert outcome(call, KeyId=key[0], Plaintext=b"x", EncryptionContext=context) == expected


def test_a_denial_for_an_encryption_context_is_enforced(emulator: Any, key: tuple[str, str]) -> None:
    denied = {"StringEquals": {"kms:EncryptionContext:owner": "bob"}}
    client = emulator.member([allow(key[0]), allow("*", "Deny", Condition=denied)]).client("kms")
    for owner, expected in (("bob", "AccessDeniedException"), ("alice", "allowed")):
        assert outcome(client.encrypt, KeyId=key[0], Plaintext=b"x", EncryptionContext={"owner": owner}) == expected


def test_a_ciphertext_of_another_key_is_refused(emulator: Any, key: tuple[str, str]) -> None:
    kms = emulator.admin("kms")
    other = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["Arn"], Plaintext=b"x")["CiphertextBlob"]
    own = kms.encrypt(KeyId=key[0], Plaintext=b"x")["CiphertextBlob"]
    call = emulator.member([allow(key[0])]).client("kms").decrypt
    assert outcome(call, KeyId=key[0], CiphertextBlob=own) == "allowed"
    assert outcome(call, KeyId=key[0], CiphertextBlob=other) == "IncorrectKeyException"
