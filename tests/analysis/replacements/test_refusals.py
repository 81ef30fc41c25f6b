"""Refusals of AWS during an update are predicted: each entry of the table, and similar updates that AWS accepts.

The sources are public reports of such updates, or AWS's own pages.
"""

import copy
from typing import Any

import pytest

from constructs_lib.analysis.replacements import Effect, Finding, find_replacements
from constructs_lib.analysis.replacements.refusals import REFUSALS
from tests.analysis.replacements.reports.report import POOL, Resources, of, ref
from tests.analysis.replacements.reports.updates import CHANGED, FUNCTION, RENAMED

Stacks = dict[str, Resources]


def compare(old: Resources, new: Resources) -> list[Finding]:
    return list(find_replacements({"S": {"Resources": old}}, {"S": {"Resources": new}}).findings)


def refused(findings: list[Finding], name: str) -> list[Finding]:
    refusal = REFUSALS[name]
    return [each for each in findings if each.effect is Effect.REFUSED and refusal.message in each.what]


@pytest.mark.parametrize("name", RENAMED)
def test_a_renamed_construct_that_needs_what_the_old_one_holds_is_refused(name: str) -> None:
    beside, resource = RENAMED[name]
    (found,) = refused(compare({**beside, "Old": resource}, {**beside, "New": copy.deepcopy(resource)}), name)
    assert (found.logical_id, found.certain, found.source) == ("New", True, REFUSALS[name].source)
    assert "Old" in found.what
    assert found.way_out == REFUSALS[name].way_out


@pytest.mark.parametrize("name", RENAMED)
def test_the_same_under_the_same_name_is_not(name: str) -> None:
    beside, resource = RENAMED[name]
    old = {**beside, "Same": resource}
    assert compare(old, dict(reversed(copy.deepcopy(old).items()))) == []


def _other(config: dict[str, Any]) -> dict[str, Any]:
    return {name: ["other"] if isinstance(value, list) else "other" for name, value in config.items()}


@pytest.mark.parametrize("name", RENAMED)
def test_one_more_that_holds_something_else_is_not(name: str) -> None:
    beside, resource = RENAMED[name]
    other = copy.deepcopy(resource)
    for key, value in other["Properties"].items():
        if key not in {"Roles", "Stage", "ApiId"}:
            other["Properties"][key] = _other(value) if key.endswith("Config") else "other"
    found = compare({**beside, "Old": resource}, {**beside, "Old": resource, "New": other})
    assert refused(found, name) == []


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("a listener's port", "LoadBalancerArn"),
        ("a rule's priority", "ListenerArn"),
        ("an authorizer of one name", "ApiId"),
        ("a group of one name", "UserPoolId"),
        ("the same API path", "RestApiId"),
    ],
)
def test_the_same_of_another_owner_is_free(name: str, owner: str) -> None:
    beside, resource = RENAMED[name]
    other = copy.deepcopy(resource)
    other["Properties"][owner] = "another"
    assert refused(compare({**beside, "Old": resource}, {**beside, "Old": resource, "New": other}), name) == []


@pytest.mark.parametrize("name", CHANGED)
def test_a_change_that_aws_refuses_is_refused(name: str) -> None:
    old, new = CHANGED[name]
    found = refused(compare(old, new), name)
    assert len(found) == 1
    assert found[0].source == REFUSALS[name].source
    assert not any(each.effect is Effect.REPLACED for each in compare(old, new))


@pytest.mark.parametrize("name", CHANGED)
def test_a_stack_that_is_so_already_is_not(name: str) -> None:
    _, new = CHANGED[name]
    assert compare(new, copy.deepcopy(new)) == []


def test_a_group_whose_name_changes_in_case_alone_is_refused() -> None:
    group = of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="ADMINS")
    new = of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="Admins")
    assert refused(compare({**POOL, "G": group}, {**POOL, "H": new}), "a group of one name")


def test_a_group_of_a_pool_that_is_new_too_starts_anew() -> None:
    group = of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="editors")
    new = {"Other": POOL["Pool"], "H": of("Cognito::UserPoolGroup", UserPoolId=ref("Other"), GroupName="editors")}
    assert refused(compare({**POOL, "G": group}, new), "a group of one name") == []


def test_a_policy_of_a_bucket_that_is_replaced_starts_anew() -> None:
    policy = of("S3::BucketPolicy", Bucket=ref("Bucket"))
    old, new = ({"Bucket": of("S3::Bucket", BucketName=name), "Policy": policy} for name in ("one", "two"))
    assert refused(compare(old, new), "a second bucket policy") == []


def test_what_refers_to_its_own_stack_is_another_thing_in_another_stack() -> None:
    group = of("Cognito::UserPoolGroup", UserPoolId=ref("Pool"), GroupName="editors")
    old: Stacks = {"A": {"Resources": {**POOL, "G": group}}, "B": {"Resources": POOL}}
    new: Stacks = {"A": {"Resources": POOL}, "B": {"Resources": {**POOL, "H": group}}}
    assert refused(list(find_replacements(old, new).findings), "a group of one name") == []


def test_a_prefix_beside_a_domain_of_ones_own_is_fine() -> None:
    own = of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="login.example.com", CustomDomainConfig={"a": 1})
    prefix = of("Cognito::UserPoolDomain", UserPoolId=ref("Pool"), Domain="acme")
    assert compare({**POOL, "Own": own}, {**POOL, "Own": own, "Prefix": prefix}) == []


def test_a_bucket_that_moves_to_another_stack_with_its_name_may_be_refused() -> None:
    bucket = of("S3::Bucket", BucketName="documents")
    old: Stacks = {"A": {"Resources": {"Bucket": bucket}}, "B": {"Resources": {}}}
    new: Stacks = {"A": {"Resources": {}}, "B": {"Resources": {"Bucket": bucket}}}
    (found,) = refused(list(find_replacements(old, new).findings), "a bucket of one name")
    assert (found.stack, found.certain) == ("B", False)
    assert "Bucket of stack A" in found.what


def test_names_of_two_stacks_that_both_stay_are_two() -> None:
    bucket = of("S3::Bucket", BucketName="documents")
    old: Stacks = {"Dev": {"Resources": {"Bucket": bucket}}, "Prod": {"Resources": {}}}
    new: Stacks = {"Dev": {"Resources": {"Bucket": bucket}}, "Prod": {"Resources": {"Bucket": bucket}}}
    assert find_replacements(old, new).findings == ()


def test_a_new_function_with_its_log_group_is_fine() -> None:
    new = FUNCTION | {"Logs": of("Logs::LogGroup", LogGroupName={"Fn::Join": ["", ["/aws/lambda/", ref("Fn")]]})}
    assert compare({}, new) == []


def test_logs_with_the_accounts_role_are_fine() -> None:
    old, new = CHANGED["API logs without a role"]
    assert compare(old, new | {"Account": of("ApiGateway::Account", CloudWatchRoleArn="r")}) == []


EXPORT = {"Value": ref("Pool"), "Export": {"Name": {"Fn::Sub": "${AWS::StackName}:Pool"}}}
IMPORT = {"Fn::ImportValue": {"Fn::Join": ["", [ref("AWS::StackName"), ":Pool"]]}}


def stacks(outputs: Any, used: Any, *, pool: str = "Pool") -> dict[str, Any]:
    return {
        "Auth": {"Resources": {pool: POOL["Pool"]}, "Outputs": outputs},
        "App": {"Resources": {"T": of("SNS::Topic", TopicName=used)}},
    }


@pytest.mark.parametrize(
    ("outputs", "used", "name", "certain"),
    [
        ({}, IMPORT, "an export that is in use", True),
        ({}, "none", "an export that is in use", False),
        ({"O": {**EXPORT, "Value": "other"}}, IMPORT, "an export in use with another value", True),
        ({"O": {**EXPORT, "Value": "other"}}, "none", "an export in use with another value", False),
    ],
)
def test_an_export_that_goes_or_changes_while_it_is_imported_is_refused(
    outputs: Any,
    used: Any,
    name: str,
    certain: bool,
) -> None:
    found = list(find_replacements(stacks({"O": EXPORT}, IMPORT), stacks(outputs, used)).findings)
    (finding,) = refused(found, name)
    assert (finding.stack, finding.logical_id, finding.certain) == ("Auth", "O", certain)
    assert "as deployed App imports it" in finding.what


def test_an_export_that_one_of_two_stacks_still_imports_is_refused_for_certain() -> None:
    old, new = stacks({"O": EXPORT}, IMPORT), stacks({}, "none")
    old["More"] = new["More"] = old["App"]
    (finding,) = refused(list(find_replacements(old, new).findings), "an export that is in use")
    assert finding.certain
    assert "as deployed App and More import it" in finding.what


def test_an_export_of_what_is_replaced_is_refused() -> None:
    client = of("Cognito::UserPoolClient", UserPoolId=ref("Pool"), GenerateSecret=False)
    secret = of("Cognito::UserPoolClient", UserPoolId=ref("Pool"), GenerateSecret=True)
    sides = []
    for each in (client, secret):
        side = stacks({"O": {**EXPORT, "Value": ref("C")}}, IMPORT)
        side["Auth"]["Resources"]["C"] = each
        sides.append(side)
    (finding,) = refused(list(find_replacements(*sides).findings), "an export in use with another value")
    assert "which is replaced" in finding.what


def test_an_export_that_moves_to_another_output_or_is_written_otherwise_is_kept() -> None:
    same = {"Value": {"Fn::Sub": "${Pool}"}, "Export": {"Name": {"Fn::Join": [":", [ref("AWS::StackName"), "Pool"]]}}}
    assert find_replacements(stacks({"O": EXPORT}, IMPORT), stacks({"Q": same}, IMPORT)).findings == ()


def test_an_export_that_nobody_here_imports_is_a_note() -> None:
    result = find_replacements(stacks({"O": EXPORT}, "none"), stacks({}, "none"))
    assert result.findings == ()
    assert "while any other does" in result.notes[0].text


def test_every_entry_of_the_table_has_a_case() -> None:
    exports = {name for name in REFUSALS if "an export" in name}
    assert {*RENAMED, *CHANGED, *exports} == REFUSALS.keys()
