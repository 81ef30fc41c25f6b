"""The objects that a route with an owned path serves from a bucket have the owner of the path, whoever may use them."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.route_authorizers import owned_places
from tests.analysis.conftest import Document, template
from tests.analysis.proof.access_paths.openings import att, join, of, ref, role, sub
from tests.analysis.proof.test_route_authorizers import call, rest
from tests.analysis.proof.test_traps import OWN, allow
from tests.proofs import models_of, proof_of

BELOW: Final = "prod/GET/users/{owner}/*"
PATH: Final = "/users/{user}/{rest+}"
OBJECTS: Final = "arn:aws:apigateway:${AWS::Region}:s3:path/${Store}/"
IN_BUCKET: Final = "arn:aws:apigateway:${AWS::Region}:${Store}.s3:path/"
ALL: Final = join(att("Store"), "/*")


def app(
    uri: str = OBJECTS + "{user}/{rest}", *more: Document, path: str = PATH, where: str = BELOW, **resources: Document
) -> Document:
    """Return a template with a route that serves the objects of a bucket to users with IAM."""
    names = [each.strip("{}+") for each in path.split("/") if each.startswith("{")]
    sent = {f"integration.request.path.{each}": f"method.request.path.{each}" for each in names}
    integration = {"Type": "AWS", "Uri": sub(uri), "Credentials": att("Reads"), "RequestParameters": sent}
    served = rest((path, "GET", "AWS_IAM"), m0={"Integration": integration})
    mine: Document = {
        "Store": of("AWS::S3::Bucket"), "Reads": role("apigateway.amazonaws.com", allow("s3:GetObject", ALL))
    }  # fmt: skip
    return template([call(where), *more], more={**served, **mine, **resources})


def owned(body: Document) -> list[str]:
    model = models_of(body)[0]
    return [each.name for each in owned_places(model) if each.kind == Bucket.kind and each.resource == "Store"]


STAGE: Final = of("AWS::ApiGateway::Stage", RestApiId=ref("Api"))
OWNED: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "a segment": ({}, "Store {owner}/*"),
    "below a folder": ({"uri": OBJECTS + "files/{user}/{rest}"}, "Store files/{owner}/*"),
    "in the greedy end": ({"uri": OBJECTS + "{rest}", "path": "/users/{rest+}"}, "Store {owner}/*"),
    "one object": ({"uri": OBJECTS + "{user}", "path": "/users/{user}", "where": "prod/GET/users/{owner}"},
                   "Store {owner}*"),
    "by any method": ({"where": "prod/*/users/{owner}/*"}, "Store {owner}/*"),
    "by a stage without a name": ({"where": "${Stage}/GET/users/{owner}/*", "Stage": STAGE}, "Store {owner}/*"),
    "with the bucket before the service": ({"uri": IN_BUCKET + "{user}/{rest}"}, "Store {owner}/*"),
    "with a query": ({"uri": OBJECTS + "{user}/{rest}?versionId=1"}, "Store {owner}/*"),
}  # fmt: skip


@pytest.mark.parametrize("name", OWNED)
def test_objects_behind_an_owned_path_are_owned(name: str) -> None:
    changes, place = OWNED[name]
    assert owned(app(**changes)) == [place]


UNKNOWN: Final[dict[str, dict[str, Any]]] = {
    "a bucket that a stage names": {"uri": OBJECTS.replace("Store", "!stageVariables.b") + "{user}/{rest}"},
    "a bucket that no template has": {"uri": OBJECTS.replace("${Store}", "acme") + "{user}/{rest}"},
    "a folder that a stage names": {"uri": OBJECTS + "${!stageVariables.folder}*/{user}/{rest}"},
    "an owner who is a part of a segment": {"uri": OBJECTS + "{user}{rest}"},
    "an action instead of a path": {"uri": OBJECTS.replace("path/", "action/GetObject&Bucket=") + "{user}/{rest}"},
    "an owner behind a star": {"where": "*/GET/*/{owner}/*"},
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_objects_of_whom_the_templates_do_not_say_are_told(name: str) -> None:
    body = app(**UNKNOWN[name])
    assert owned(body) == []
    assert any("do not determine which objects" in each.story for each in proof_of(body).findings)


def test_objects_that_the_path_alone_serves_stay_proved() -> None:
    report = proof_of(app())
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
    assert any(each.startswith("Store {owner}/*") for each in report.owned)


def test_a_role_that_reads_and_lists_the_bucket_stays_proved() -> None:
    read = allow(["s3:GetObject*", "s3:GetBucket*", "s3:List*"], [att("Store"), ALL])
    report = proof_of(app(Reads=role("apigateway.amazonaws.com", read)))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


def test_a_right_on_another_bucket_or_on_ones_own_objects_stays_proved() -> None:
    mine = allow("s3:GetObject", join(att("Store"), "/${cognito-identity.amazonaws.com:sub}/*"))
    report = proof_of(app(OBJECTS + "{user}/{rest}", OWN, mine))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


RIGHTS: Final[dict[str, Document]] = {
    "to read": allow("s3:GetObject", ALL),
    "to write": allow("s3:PutObject", ALL),
    "to list": allow("s3:ListBucket", att("Store")),
}


@pytest.mark.parametrize("name", RIGHTS)
def test_a_right_on_all_objects_behind_the_path_is_an_attack(name: str) -> None:
    assert proof_of(app(OBJECTS + "{user}/{rest}", RIGHTS[name])).status is Status.COUNTEREXAMPLE


def test_a_route_with_iam_that_serves_any_object_is_told() -> None:
    other = {"Type": "AWS", "Uri": sub(OBJECTS + "{key}"), "Credentials": att("Reads"),
             "RequestParameters": {"integration.request.path.key": "method.request.path.key"}}  # fmt: skip
    open_ = rest((PATH, "GET", "AWS_IAM"), ("/all/{key+}", "GET", "AWS_IAM"), m1={"Integration": other})
    base = app()
    base["Resources"].update({name: each for name, each in open_.items() if name not in base["Resources"]})
    base["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"].append(call("prod/GET/all/*"))
    report = proof_of(base)
    assert any("/all/{key+}" in each.story for each in report.findings if each.status is Status.UNDECIDED)
