"""Policies that IAM returns percent-encoded are read as JSON."""

import json
from urllib.parse import quote

from constructs_lib.verify.recording.encoded_policies import decode_policies
from constructs_lib.verify.recording.redactor import Redactor

POLICY = '{"Principal": {"Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::111122223333:role/Reader"}}'


def test_a_policy_is_decoded_wherever_it_is_and_nothing_else_is() -> None:
    answer = {"Role": {"AssumeRolePolicyDocument": quote(POLICY), "Path": "/a%20b/"}, "Marker": ["%5B1%5D"]}
    assert decode_policies(answer) == {
        "Role": {"AssumeRolePolicyDocument": POLICY, "Path": "/a%20b/"},
        "Marker": ["[1]"],
    }


def test_what_identifies_in_a_decoded_policy_is_replaced() -> None:
    found = Redactor().redacted(decode_policies({"Document": quote(POLICY)}), place="iam:GetRolePolicy answer")
    assert json.loads(found["Document"])["Principal"] == {
        "Service": "lambda.amazonaws.com",
        "AWS": "arn:aws:iam::⟪account-1⟫:role/Reader",
    }
