"""The policy simulator answers by the evaluation that enforces: context keys, variables, boundaries, pages."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.slow
SUB = "cognito-identity.amazonaws.com:sub"
OWN = "arn:aws:s3:::files/private/alice/a"
OTHERS = "arn:aws:s3:::files/private/bob/a"


def policy(*statements: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: str = "*", **extra: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **extra}


def entry(name: str, *values: str, kind: str = "string") -> dict[str, Any]:
    return {"ContextKeyName": name, "ContextKeyValues": list(values), "ContextKeyType": kind}


def simulate(emulator: Any, *policies: str, resources: list[str], **options: Any) -> dict[tuple[str, str], str]:
    """Return the decision on each action and resource, over all pages."""
    actions = options.pop("actions", ["s3:GetObject"])
    pages = emulator.admin("iam").get_paginator("simulate_custom_policy").paginate(
        PolicyInputList=list(policies), ActionNames=actions, ResourceArns=resources, **options
    )  # fmt: skip
    return {
        (result["EvalActionName"], each["EvalResourceName"]): each["EvalResourceDecision"]
        for page in pages
        for result in page["EvaluationResults"]
        for each in result["ResourceSpecificResults"]
    }


def test_each_resource_is_decided_by_the_variables_that_are_given(emulator: Any) -> None:
    own = policy(allow("s3:GetObject", on=f"arn:aws:s3:::files/private/${{{SUB}}}/*"))
    found = simulate(emulator, own, resources=[OWN, OTHERS], ContextEntries=[entry(SUB, "alice")])
    assert found == {("s3:GetObject", OWN): "allowed", ("s3:GetObject", OTHERS): "implicitDeny"}
    assert set(simulate(emulator, own, resources=[OWN, OTHERS]).values()) == {"implicitDeny"}


def test_a_key_of_several_values_is_compared_as_a_set(emulator: Any) -> None:
    table = "arn:aws:dynamodb:us-east-1:111122223333:table/notes"
    condition = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [f"${{{SUB}}}"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    rows = policy(allow("dynamodb:GetItem", on=table, Condition=condition))

    def with_keys(*keys: str) -> str:
        entries = [entry(SUB, "alice"), entry("dynamodb:LeadingKeys", *keys, kind="stringList")]
        options = {"actions": ["dynamodb:GetItem"], "ContextEntries": entries[: 1 + bool(keys)]}
        return simulate(emulator, rows, resources=[table], **options)["dynamodb:GetItem", table]

    assert with_keys("alice") == "allowed"
    assert with_keys("alice", "bob") == with_keys("alice", "") == with_keys("") == with_keys() == "implicitDeny"


def test_a_deny_and_a_boundary_both_narrow(emulator: Any) -> None:
    everything, some = policy(allow("s3:*")), policy(allow("s3:GetObject"))
    denied = policy({"Effect": "Deny", "Action": "s3:GetObject", "Resource": OTHERS})
    found = simulate(emulator, everything, denied, resources=[OWN, OTHERS])
    assert found == {("s3:GetObject", OWN): "allowed", ("s3:GetObject", OTHERS): "explicitDeny"}
    actions = ["s3:GetObject", "s3:PutObject"]
    found = simulate(
        emulator, everything, resources=[OWN], actions=actions, PermissionsBoundaryPolicyInputList=[some]
    )  # fmt: skip
    assert list(found.values()) == ["allowed", "implicitDeny"]


def test_an_answer_comes_in_pages_and_names_the_keys_that_were_missing(emulator: Any) -> None:
    iam = emulator.admin("iam")
    secure = policy(allow("s3:GetObject", Condition={"Bool": {"aws:SecureTransport": "true"}}))
    ask = {"PolicyInputList": [secure], "ActionNames": ["s3:GetObject", "s3:PutObject"], "MaxItems": 1}
    first = iam.simulate_custom_policy(**ask)
    second = iam.simulate_custom_policy(**ask, Marker=first["Marker"])
    assert first["IsTruncated"]
    assert not second["IsTruncated"]
    [read], [written] = first["EvaluationResults"], second["EvaluationResults"]
    assert (read["EvalDecision"], read["MissingContextValues"]) == ("implicitDeny", ["aws:SecureTransport"])
    assert written["EvalActionName"] == "s3:PutObject"


def test_the_policies_of_a_role_are_simulated_with_its_boundary(emulator: Any) -> None:
    iam = emulator.admin("iam")
    arn = emulator.role([allow("s3:GetObject", "s3:PutObject")], emulator.identity_pool())
    name = arn.rpartition("/")[2]
    ask = {"PolicySourceArn": arn, "ActionNames": ["s3:GetObject", "s3:PutObject"]}

    def decisions() -> list[str]:
        return [each["EvalDecision"] for each in iam.simulate_principal_policy(**ask)["EvaluationResults"]]

    assert decisions() == ["allowed", "allowed"]
    boundary = iam.create_policy(PolicyName=emulator.name("limit"), PolicyDocument=policy(allow("s3:GetObject")))
    iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary["Policy"]["Arn"])
    assert decisions() == ["allowed", "implicitDeny"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ActionNames": ["s3:*"]}, "InvalidInput"),
        ({"PolicyInputList": ["{"]}, "InvalidInput"),
        ({"ResourcePolicy": policy(allow("s3:GetObject"))}, "InvalidInput"),
        ({"PermissionsBoundaryPolicyInputList": [policy(allow("a:b")), policy(allow("a:b"))]}, "InvalidInput"),
        ({"ContextEntries": [entry("s3:prefix", "a", "b")]}, "InvalidInput"),
        ({"Marker": "later"}, "InvalidInput"),
    ],
)
def test_what_is_not_simulated_is_refused(emulator: Any, given: dict[str, Any], code: str) -> None:
    ask: dict[str, Any] = {"PolicyInputList": [policy(allow("s3:GetObject"))], "ActionNames": ["s3:GetObject"], **given}
    with pytest.raises(ClientError) as refused:
        emulator.admin("iam").simulate_custom_policy(**ask)
    assert refused.value.response["Error"]["Code"] == code


def test_an_unknown_role_is_not_simulated(emulator: Any) -> None:
    ask = {"PolicySourceArn": "arn:aws:iam::000000000000:role/nobody-there", "ActionNames": ["s3:GetObject"]}
    with pytest.raises(ClientError) as refused:
        emulator.admin("iam").simulate_principal_policy(**ask)
    assert refused.value.response["Error"]["Code"] == "NoSuchEntity"
