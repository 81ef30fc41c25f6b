"""Only a refusal of IAM counts as an attack that is refused."""

import pytest

from constructs_lib.verify.attack_calls import Target
from constructs_lib.verify.finding import Outcome
from constructs_lib.verify.levels.one.attacks import _refused

TARGET = Target(resource="bucket", owner="bob", text="private/bob/file")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_a_refusal_of_iam_agrees(code: str) -> None:
    assert _refused("a guest: s3:GetObject", code, TARGET).outcome is Outcome.AGREES


@pytest.mark.parametrize(
    "code",
    [
        "allowed", "", "ExpiredToken", "ExpiredTokenException", "InternalError", "InvalidAccessKeyId",
        "InvalidSignatureException", "NoSuchBucket", "NoSuchKey", "RequestTimeTooSkewed",
        "ResourceNotFoundException", "SignatureDoesNotMatch", "SlowDown", "ThrottlingException",
        "UnrecognizedClientException", "ValidationException", "400", "401", "404", "429", "500", "503",
    ],
)  # fmt: skip
def test_any_other_end_of_an_attack_differs_and_is_told(code: str) -> None:
    found = _refused("a guest: s3:GetObject", code, TARGET)
    assert found.outcome is Outcome.DIFFERS
    assert code in found.detail
