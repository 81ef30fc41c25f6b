"""A behaviour leads to each origin whose ID it names, or may name, also by a group of origins."""

from dataclasses import replace
from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import Names, applied, att, join, ref, sub
from tests.analysis.proof.access_paths.openings_by_distribution import SIGNED, distribution, served
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

NAMES: Final = Names()
ELSEWHERE: Final = {"Id": "api", "DomainName": "api.example.com", "CustomOriginConfig": {}}
RESOURCES: Final[Document] = {
    "Custom": {
        "Type": "Custom::Parts",
        "Properties": {"ServiceToken": "arn:aws:lambda:us-east-1:999999999999:function:f"},
    }
}
PROVED, CEX, UNDECIDED = Status.PROVED, Status.COUNTEREXAMPLE, Status.UNDECIDED


def _origin(id_: Any, **more: Any) -> Document:
    return {"Id": id_, "DomainName": att("Bucket", "RegionalDomainName"), "S3OriginConfig": {}, **more}


def _group(*members: Any) -> Document:
    items = [{"OriginId": each} for each in members]
    return {"Quantity": 1, "Items": [{"Id": "group", "Members": {"Quantity": 2, "Items": items}}]}


def _report(target: Any, *origins: Any, **config: Any) -> Report:
    """The default behaviour leads to a target, unsigned."""
    made = distribution(NAMES, {"TargetOriginId": target}, Origins=list(origins), **config)
    body = applied(template([OWN, ROWS]), NAMES, served(NAMES, made))
    body["Resources"] |= RESOURCES
    return proof_of(body)


CASES: Final[dict[str, tuple[Any, list[Any], Document, Status]]] = {
    "the bucket": ("o", [_origin("o"), ELSEWHERE], {}, CEX),
    "another origin": ("api", [_origin("o"), ELSEWHERE], {}, PROVED),
    "a name that the stack's may be": ("o", [_origin(ref("AWS::StackName")), ELSEWHERE], {}, UNDECIDED),
    "a name that another origin has": ("api", [_origin(ref("AWS::StackName")), ELSEWHERE], {}, PROVED),
    "one name for both": (ref("AWS::StackName"), [_origin(ref("AWS::StackName")), ELSEWHERE], {}, CEX),
    "a name that the stack's cannot be": ("o", [_origin(sub("${AWS::StackName}-files")), ELSEWHERE], {}, PROVED),
    "an unknown target": ({"Fn::ImportValue": "o"}, [_origin("o"), ELSEWHERE], {}, UNDECIDED),
    "a group with the bucket": ("group", [_origin("o"), ELSEWHERE], {"OriginGroups": _group("api", "o")}, CEX),
    "a group without the bucket": ("group", [_origin("o"), ELSEWHERE], {"OriginGroups": _group("api")}, PROVED),
    "a group with unknown members": (
        "group", [_origin("o"), ELSEWHERE], {"OriginGroups": {"Items": att("Custom", "Groups")}}, UNDECIDED
    ),
    "a group with an unknown member": (
        "group", [_origin("o"), ELSEWHERE], {"OriginGroups": _group("api", {"Fn::ImportValue": "o"})}, UNDECIDED
    ),
    "unknown groups": ("group", [_origin("o"), ELSEWHERE], {"OriginGroups": att("Custom", "Groups")}, UNDECIDED),
    "an unknown origin": ("o", [att("Custom", "Origin"), ELSEWHERE], {}, UNDECIDED),
    "an unknown origin beside the bucket's": ("o", [att("Custom", "Origin"), _origin("b"), ELSEWHERE], {}, UNDECIDED),
    "an unknown origin of another ID": ("api", [att("Custom", "Origin"), _origin("o"), ELSEWHERE], {}, PROVED),
    "the domain of a tenant": ("o", [_origin("o", DomainName="{{bucket}}.s3.amazonaws.com")], {}, UNDECIDED),
    "unknown behaviours": (
        "api", [_origin("o"), ELSEWHERE], {"CacheBehaviors": att("Custom", "Behaviours")}, UNDECIDED
    ),
    "an unknown default": (
        "api", [_origin("o"), ELSEWHERE], {"DefaultCacheBehavior": att("Custom", "Behaviour")}, UNDECIDED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES, ids=lambda name: name.replace(" ", "-"))
def test_an_open_behaviour_leads_to(name: str) -> None:
    target, origins, config, status = CASES[name]
    report = _report(target, *origins, **config)
    assert report.status is status
    told = any("anyone on the internet can fetch owned data" in each.story for each in report.findings)
    assert told is (status is not PROVED)


def test_the_path_of_an_origin_comes_before_that_of_the_behaviour() -> None:
    assert _report("o", _origin("o", OriginPath="/public"), ELSEWHERE).status is PROVED
    assert _report("o", _origin("o", OriginPath="/{{folder}}"), ELSEWHERE).status is UNDECIDED
    groups = _group("o", "p")
    report = _report("group", _origin("o", OriginPath="/public"), _origin("p"), OriginGroups=groups)
    assert report.status is UNDECIDED


def test_a_signed_behaviour_of_an_unknown_target_opens_nothing() -> None:
    made = distribution(NAMES, {"TargetOriginId": {"Fn::ImportValue": "o"}, **SIGNED})
    assert proof_of(applied(template([OWN, ROWS]), NAMES, served(NAMES, made))).status is PROVED


@pytest.mark.parametrize(
    ("behaviour", "others", "config", "status"),
    [
        ({}, [], {}, UNDECIDED),
        ({}, [], {"DefaultRootObject": "index.html"}, PROVED),
        ({}, [], {"DefaultRootObject": {"Fn::ImportValue": "root"}}, UNDECIDED),
        ({}, [], {"Origins": [_origin("o", OriginPath="/public")]}, PROVED),
        (SIGNED, [], {}, PROVED),
        (SIGNED, [{"PathPattern": "/*"}], {}, UNDECIDED),
        (SIGNED, [{"PathPattern": "/images/*"}], {}, PROVED),
        ({}, [{"PathPattern": "*", **SIGNED}], {}, PROVED),
    ],
)
def test_the_address_of_a_distribution_without_a_root_object_lists_the_bucket(
    behaviour: Document, others: list[Document], config: Document, status: Status
) -> None:
    made = distribution(NAMES, behaviour, *others, **config)
    shown = served(NAMES, made, join(NAMES.bucket_arn, "/images/*"))
    (read,) = shown.bucket_policy
    listing = {**read, "Action": "s3:ListBucket", "Resource": NAMES.bucket_arn}
    report = proof_of(applied(template([OWN, ROWS]), NAMES, replace(shown, bucket_policy=(read, listing))))
    assert report.status is status
    assert any("may list the names" in each.story for each in report.findings) is (status is UNDECIDED)
