"""No identifier reaches a recording: it is replaced, everywhere by the same, or the call is not written."""

import base64
import json
import secrets
import string
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import botocore.session
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.verify.recording.leak_check import LeakError
from constructs_lib.verify.recording.redactor import Redactor
from constructs_lib.verify.recording.rules import RULES

ACCOUNT = "418402739516"
SECRETS = {
    "access key": "ASIAQ3EGXR7PLW4MZTKN",
    "account": ACCOUNT,
    "address": "maria.lopez@corp.io",
    "api": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod",
    "client": "4kq2v7m1n8p3r6s9t0u5w2x7y1",
    "e-tag": "9b2cf535f27731c974343645a3985328",
    "host": "https://intranet.corp.io:8443/x",
    "identity": "eu-west-1:7d9e1c52-3b7a-4f0e-9a66-0c1f5e2b8d47",
    "IPv4": "203.0.113.77",
    "IPv6": "2001:db8:85a3::8a2e:370:7334",
    "JWT": "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXJpYSJ9.c2lnbmF0dXJl",
    "key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzq8Zk3LtQa",
    "moment": "2026-11-29T05:24:19Z",
    "phone": "+4915123456789",
    "pool": "eu-west-1_Xk29DfQw7",
    "request ID": "T2MZ5GX8QK0B3F7H",
    "role": f"arn:aws:iam::{ACCOUNT}:role/cdk-8f3kq2v7-deploy",
    "session": "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDx",
    "user": "3e5b6a10-9c1d-4a53-8f6e-2b7c9d0e1f23",
}
POSITIONS: dict[str, Callable[[str], Any]] = {
    "a member": lambda secret: {"Answer": secret},
    "a list": lambda secret: {"Answers": ["first", secret]},
    "deep": lambda secret: {"A": [{"B": {"C": [secret]}}]},
    "a key": lambda secret: {"Answers": {secret: "second"}},
    "a sentence": lambda secret: {"Note": f"it was {secret}, and no other"},
    "an error message": lambda secret: {"message": f"User: {secret} is not authorized to perform: s3:GetObject"},
    "a stack event": lambda secret: {
        "StackEvents": [{"LogicalResourceId": "Pool", "ResourceStatusReason": f"{secret} already exists (Service: S3)"}]
    },
    "a header": lambda secret: {"headers": {"location": secret}},
    "a query": lambda secret: {"query": [{"Key": "next", "Value": secret}]},
    "an address": lambda secret: {"url": f"https://example.com/x/{secret}?a={secret}"},
    "an encoded address": lambda secret: {"url": f"https://example.com/x/{quote(secret, safe='')}"},
    "a twice encoded address": lambda secret: {"url": f"https://example.com/{quote(quote(secret, safe=''), safe='')}"},
    "JSON in text": lambda secret: {"Body": json.dumps({"a": {"b": secret}})},
    "JSON in JSON in text": lambda secret: {"Body": json.dumps({"a": json.dumps([secret])})},
    "base64": lambda secret: {"Body": base64.b64encode(f'{{"of": "{secret}"}}'.encode()).decode()},
    "base64 without end": lambda secret: {"Body": base64.urlsafe_b64encode(secret.encode()).decode().rstrip("=")},
    "hexadecimal": lambda secret: {"Body": secret.encode().hex()},
    "bytes": lambda secret: {"Body": f"begins {secret} ends".encode()},
    "bytes that are no text": lambda secret: {"Body": b"\xff\xfe" + secret.encode()},
    "another's member": lambda secret: {"Status": secret, "Type": secret},
}


def spellings(secret: str) -> set[str]:
    """Return how a secret may stand in a file and be read from it."""
    plain = secret.encode()
    whole = {base64.b64encode(plain[at:]).decode().rstrip("=")[:-2] for at in range(3)}
    return {secret, quote(secret, safe=""), plain.hex(), json.dumps(secret)[1:-1], *whole}


def written(redactor: Redactor, value: Any) -> str:
    """Return what would reach the disk; nothing where the write fails."""
    try:
        return json.dumps(redactor.redacted(value, None, "answer"), ensure_ascii=False)
    except LeakError as leak:
        return str(leak)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_planted_secret_is_replaced_or_the_write_fails(kind: str, position: str) -> None:
    text = written(Redactor(), POSITIONS[position](SECRETS[kind]))
    assert not [each for each in spellings(SECRETS[kind]) if each.lower() in text.lower()]
    assert ACCOUNT not in text


@pytest.mark.parametrize("position", POSITIONS)
def test_a_value_that_is_known_is_replaced_even_where_it_looks_harmless(position: str) -> None:
    redactor = Redactor()
    redactor.placeholders.replacement("password", "correct horse")
    text = written(redactor, POSITIONS[position]("correct horse"))
    assert not [each for each in spellings("correct horse") if each in text]


def test_the_same_value_has_the_same_placeholder_wherever_it_comes_and_another_has_another() -> None:
    redactor = Redactor()
    one, other = SECRETS["user"], str(uuid.uuid4())
    first = redactor.redacted({"Sub": one, "Path": f"private/{one}/x"})
    second = redactor.redacted({"Owner": other, "Again": one})
    assert first == {"Sub": "⟪uuid-1⟫", "Path": "private/⟪uuid-1⟫/x"}
    assert second == {"Owner": "⟪uuid-2⟫", "Again": "⟪uuid-1⟫"}


def test_another_spelling_of_a_value_says_so() -> None:
    redactor, user = Redactor(), SECRETS["user"]
    redactor.redacted({"Sub": user})
    assert redactor.redacted({"Path": f"/users/{user.upper()}"}) == {"Path": "/users/⟪uuid-1:upper⟫"}
    assert redactor.redacted({"Path": f"/users/us%3A{user}"}) == {"Path": "/users/us%3A⟪uuid-1⟫"}


def test_a_code_in_digits_is_no_part_of_an_account_id() -> None:
    redactor = Redactor()
    redactor.redacted({"ConfirmationCode": "000000"}, place="SignUp request")
    found = redactor.redacted({"Arn": "arn:aws:iam::000000000000:root", "Text": "the code 000000"}, place="answer")
    assert found["Arn"] == "arn:aws:iam::⟪account-1⟫:root"
    assert "000000" not in found["Text"]


def test_an_address_is_one_even_with_another_identifier_in_it() -> None:
    redactor = Redactor()
    redactor.placeholders.replacement("run", "8f2a91c4")
    assert redactor.redacted({"Username": "verify-8f2a91c4@example.com"}) == {"Username": "⟪email-1⟫"}


def test_a_password_keeps_whether_user_pools_take_it() -> None:
    found = Redactor().redacted({"Password": "Correct-horse-1", "ProposedPassword": "horse"})
    assert found == {"Password": "⟪password-1⟫", "ProposedPassword": "⟪weak-proposed-password-1⟫"}


def test_many_bytes_that_are_all_alike_are_counted() -> None:
    assert Redactor().redacted({"Body": bytes(600_000)}) == {"Body": {"one byte, so many times": [0, 600_000]}}


def test_what_a_later_member_makes_known_is_replaced_in_an_earlier_one() -> None:
    found = Redactor().redacted({"Note": "Bucket tortoise", "Password": "tortoise"})
    assert found == {"Note": "Bucket ⟪weak-password-1⟫", "Password": "⟪weak-password-1⟫"}


def test_what_the_model_of_a_service_calls_sensitive_is_replaced() -> None:
    model = botocore.session.get_session().get_service_model("cognito-idp").operation_model("SignUp")
    found = Redactor().redacted({"UserAttributes": [{"Name": "nickname", "Value": "Lola"}]}, model.input_shape)
    assert found == {"UserAttributes": [{"Name": "nickname", "Value": "⟪nickname-1⟫"}]}


def test_a_host_keeps_the_service_that_it_is_of_and_no_more() -> None:
    found = Redactor().redacted({"Note": f"{SECRETS['api']} and {SECRETS['host']} and https://s3.amazonaws.com/x"})
    aws = "https://⟪host-1⟫.execute-api.eu-west-1.amazonaws.com/prod"
    assert found == {"Note": f"{aws} and https://⟪host-2⟫/x and https://s3.amazonaws.com/x"}


def test_states_and_settings_stay_readable() -> None:
    statement = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "dynamodb:Query"],
                "Resource": "arn:aws:s3:::bucket/private/${cognito-identity.amazonaws.com:sub}/*",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
    redactor = Redactor()
    assert redactor.redacted({"Policy": statement, "Status": "CREATE_COMPLETE", "Count": 12}) == {
        "Policy": statement,
        "Status": "CREATE_COMPLETE",
        "Count": 12,
    }
    assert redactor.redacted({"Arn": f"arn:aws:iam::{ACCOUNT}:user/x"}) == {"Arn": "arn:aws:iam::⟪account-1⟫:user/x"}


def test_what_cloudformation_adds_to_names_is_replaced_and_the_names_stay() -> None:
    redactor = Redactor()
    redactor.placeholders.replacement("run", "8f2a91c4")
    redactor.vocabulary.learn_text("DocumentsBucket089EA665")
    found = redactor.redacted({"Name": "cognito-verify-8f2a91c4-documentsbucket089ea665-k3x9v2m7q1zr"})
    assert found == {"Name": "cognito-verify-⟪run-1⟫-documentsbucket089ea665-⟪suffix-1⟫"}


@pytest.mark.parametrize("suffix", ["C123456789012", "123456789012C"])
def test_a_random_suffix_with_twelve_digits_is_no_account(suffix: str) -> None:
    redactor = Redactor()
    redactor.placeholders.replacement("run", "8f2a91c4")
    redactor.vocabulary.learn_text("GuestPolicyCB21EACE")
    found = redactor.redacted({"Name": f"cognito-verify-8f2a91c4-GuestPolicyCB21EACE-{suffix}"})
    assert found == {"Name": "cognito-verify-⟪run-1⟫-GuestPolicyCB21EACE-⟪suffix-1⟫"}


def test_a_word_with_twelve_digits_that_no_rule_knows_is_not_recorded() -> None:
    redactor = Redactor()
    with pytest.raises(LeakError):
        redactor.redacted({"Text": "of C123456789012"})


def test_a_secret_that_is_an_everyday_word_is_replaced_where_it_is_one_and_nowhere_else() -> None:
    redactor = Redactor()
    assert redactor.redacted({"Password": "identity"}) == {"Password": "⟪weak-password-1⟫"}
    assert redactor.redacted({"Service": "cognito-identity"}) == {"Service": "cognito-identity"}


@pytest.mark.parametrize("text", ["⟪account-1⟫", "a ⟫"])
def test_what_looks_like_a_placeholder_and_is_none_fails(text: str) -> None:
    with pytest.raises(LeakError, match="the delimiters of placeholders"):
        Redactor().redacted({"Name": text})


def test_what_is_nested_without_end_or_of_an_unknown_kind_fails() -> None:
    nested: Any = "x"
    for _ in range(80):
        nested = [nested]
    with pytest.raises(LeakError, match="nested too deep"):
        Redactor().redacted(nested)
    with pytest.raises(LeakError, match="which no rule covers"):
        Redactor().redacted({"Body": object()})


LETTERS = string.ascii_letters + string.digits
RANDOM = st.one_of(
    st.text("0123456789", min_size=12, max_size=12),
    st.text(string.ascii_uppercase + "234567", min_size=16, max_size=16).map("AKIA".__add__),
    st.text("0123456789abcdef", min_size=24, max_size=64),
    st.integers(0, 2**32).map(lambda _: secrets.token_urlsafe(30)),
    st.text(LETTERS, min_size=26, max_size=40).filter(
        lambda text: sum(map(str.isdigit, text)) > 3 and sum(map(str.isalpha, text)) > 3
    ),
    st.uuids().map(str),
    st.text(string.ascii_lowercase, min_size=3, max_size=12).map("{}@mail.org".format),
)


@settings(max_examples=150, deadline=None)
@given(secret=RANDOM, position=st.sampled_from(sorted(POSITIONS)))
def test_what_is_random_never_gets_through(secret: str, position: str) -> None:
    text = written(SHARED, POSITIONS[position](secret))
    assert secret not in text
    assert quote(secret, safe="") not in text


SHARED = Redactor()


FORMS = {
    "jwt": [SECRETS["JWT"]],
    "access-key": [SECRETS["access key"]],
    "email": [SECRETS["address"]],
    "uuid": [SECRETS["user"]],
    "hex": [SECRETS["e-tag"]],
    "date": [
        SECRETS["moment"],
        "20261129T052419Z",
        "2026-11-29",
        "20261129",
        "Sun, 29 Nov 2026 05:24:19 GMT",
        "Sun Nov 29 05:24:19 UTC 2026",
        "1795929859",
        "1795929859123",
    ],
    "account": [ACCOUNT, "4184-0273-9516", "4184 0273 9516", "418402-739516", "418-402-739-516"],
    "ip": [SECRETS["IPv4"], SECRETS["IPv6"], "fe80::1"],
    "private-key": ["-----BEGIN RSA PRIVATE KEY-----\nabcd\n"],
    "phone": [SECRETS["phone"]],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in FORMS.items() for text in texts if kind != "private-key"]
)
def test_each_form_is_known_by_its_own_name(kind: str, text: str) -> None:
    assert Redactor().redacted({"Note": f"it is {text} here"}) == {"Note": f"it is ⟪{kind}-1⟫ here"}


def test_no_form_is_without_an_example() -> None:
    assert {rule.kind for rule in RULES} == {*FORMS, "pool", "userinfo"}
    assert Redactor().redacted({"Note": SECRETS["pool"]}) == {"Note": "eu-west-1_⟪pool-1⟫"}
    assert Redactor().redacted({"Note": f"it is {FORMS['private-key'][0]}"}) == {"Note": "it is ⟪private-key-1⟫"}
    assert Redactor().redacted({"Note": "https://ann:tortoise@db/x"}) == {"Note": "https://⟪userinfo-1⟫@⟪host-1⟫/x"}


@pytest.mark.parametrize(
    "text",
    [
        "".join(chr(ord(each) + 0xFEE0) for each in SECRETS["access key"]),
        f"{ACCOUNT[:4]}\u200b{ACCOUNT[4:]}",
        f"{ACCOUNT[:4]}&#{ord(ACCOUNT[4])};{ACCOUNT[5:]}",
        base64.b64encode(b"a@b.de").decode(),
    ],
)
def test_what_is_written_so_that_no_form_fits_is_withheld(text: str) -> None:
    with pytest.raises(LeakError):
        Redactor().redacted({"Note": f"it is {text} here"})


def test_a_form_is_looked_at_field_by_field() -> None:
    found = Redactor().redacted({"request": "grant_type=password&username=maria&password=tortoise"})
    assert found == {"request": "grant_type=password&username=⟪username-1⟫&password=⟪weak-password-1⟫"}


@pytest.mark.parametrize("host", ["intranet.corp.io", "db.acme-payments.com", "ip-10-0-0-12.ec2.internal"])
def test_a_host_is_one_with_nothing_before_it(host: str) -> None:
    assert host not in written(Redactor(), {"Note": f"could not resolve {host} today"})


def test_a_document_in_percent_encoding_is_looked_at_as_what_it_says() -> None:
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:AssumeRole"}}
    text = quote(json.dumps(document))
    assert Redactor().redacted({"AssumeRolePolicyDocument": text}) == {"AssumeRolePolicyDocument": text}
    assert ACCOUNT not in written(Redactor(), {"AssumeRolePolicyDocument": quote(json.dumps({"AWS": ACCOUNT}))})
