"""A caller whose policies name no action of a service may have permissions there, and is checked."""

import pytest

from constructs_lib.analysis.matrix.build import build_matrix
from tests.analysis.conftest import BUCKET, Document, join, template
from tests.proofs import models_of

FILES = join(BUCKET, "/*")


def verbs(*statements: Document, **more: Document) -> set[str]:
    """Return the access of signed-in users to the bucket's objects."""
    models = models_of(template(list(statements), more=more))
    matrix = build_matrix(models, title="T")
    places = {each.id for each in matrix.places if each.resource == "Bucket"}
    return {each.verb for each in matrix.access if each.subject == "authenticated" and each.place in places}


@pytest.mark.parametrize("said", [{"NotAction": "iam:*"}, {"Action": "*"}, {"Action": "S?:GetObject"}])
def test_actions_without_the_services_name_are_asked_about(said: Document) -> None:
    assert "get" in verbs({"Effect": "Allow", "Resource": FILES, **said})


def test_a_resources_own_policy_is_enough() -> None:
    statement = {
        "Effect": "Allow", "Action": "s3:GetObject", "Resource": FILES,
        "Principal": {"AWS": {"Fn::GetAtt": ["User", "Arn"]}},
    }  # fmt: skip
    policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": [statement]}},
    }
    other = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:123456789012:q"}
    assert verbs(other, Opens=policy) == {"get"}
    assert verbs(other) == set()


def test_so_is_a_policy_that_is_not_seen() -> None:
    body = template([{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "arn:aws:sqs:us-east-1:1:q"}])
    body["Resources"]["User"]["Properties"]["ManagedPolicyArns"] = [{"Fn::ImportValue": "policy"}]
    matrix = build_matrix(models_of(body), title="T")
    places = {each.id for each in matrix.places if each.resource == "Bucket"}
    assert any(each.subject == "authenticated" and each.place in places for each in matrix.possible)
