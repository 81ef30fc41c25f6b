"""Nothing is created without confirmation of the account and the region."""

import pytest

from constructs_lib.verify.consent import RefusedError, require_consent
from constructs_lib.verify.session import Identity, principal_of

IDENTITY = Identity(account="111122223333", arn="arn:aws:iam::111122223333:user/ann", region="eu-west-1")


def _typing(*words: str) -> tuple[list[str], object]:
    asked: list[str] = []

    def ask(text: str) -> str:
        asked.append(text)
        return words[len(asked) - 1]

    return asked, ask


def test_a_person_types_both() -> None:
    asked, ask = _typing("111122223333", " eu-west-1 ")
    require_consent(IDENTITY, account=None, region=None, ask=ask)  # type: ignore[arg-type] # the mistake
    assert asked == ["To go on, type the account ID", "To go on, type the region"]


@pytest.mark.parametrize("words", [("111122223334", "eu-west-1"), ("111122223333", "eu-west-2"), ("", ""), ("y", "y")])
def test_any_other_input_is_refused(words: tuple[str, str]) -> None:
    _, ask = _typing(*words)
    with pytest.raises(RefusedError, match="nothing was created"):
        require_consent(IDENTITY, account=None, region=None, ask=ask)  # type: ignore[arg-type] # the mistake


def test_flags_that_repeat_account_and_region_are_accepted_without_a_terminal() -> None:
    require_consent(IDENTITY, account="111122223333", region="eu-west-1", ask=None)


@pytest.mark.parametrize(
    ("account", "region", "said"),
    [
        (None, "eu-west-1", "add --account 111122223333"),
        ("111122223333", None, "add --region eu-west-1"),
        (None, None, "the account ID is not confirmed"),
        ("111122223334", "eu-west-1", "the account ID is 111122223333, not '111122223334'"),
        ("111122223333", "us-east-1", "the region is eu-west-1, not 'us-east-1'"),
        ("", "", "the account ID is 111122223333, not ''"),
    ],
)
def test_flags_that_differ_are_refused(account: str | None, region: str | None, said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        require_consent(IDENTITY, account=account, region=region, ask=None)


def test_the_role_behind_a_session_is_found_by_its_arn() -> None:
    assert principal_of("arn:aws:sts::111122223333:assumed-role/Deploy/ann") == "Deploy"
    assert principal_of("arn:aws:iam::111122223333:user/ann") is None
    assert Identity(account="1", arn="arn:aws-cn:iam::1:user/ann", region="cn-north-1").partition == "aws-cn"
