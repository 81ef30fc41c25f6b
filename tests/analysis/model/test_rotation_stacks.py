"""AWS's applications that rotate secrets are trusted, and other applications whose template is not here are gaps."""

from typing import Any, Final

import pytest

from tests.analysis.conftest import Document, template
from tests.proofs import models_of

APPLICATION: Final = (
    "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSMySQLRotationSingleUser"
)
IN_CHINA: Final = (
    "arn:aws-cn:serverlessrepo:cn-north-1:193023089310:applications/SecretsManagerRDSMySQLRotationSingleUser"
)
OF_OTHERS: Final = APPLICATION.replace("297356227824", "123456789012")
BY_PARTITION: Final = {"Fn::FindInMap": ["Apps", {"Ref": "AWS::Partition"}, "id"]}


def gaps(address: Any, **by_partition: str) -> tuple[str, ...]:
    body: Document = template([], more={"Rotates": {"Type": "AWS::CloudFormation::Stack", "Properties": address}})
    if by_partition:
        body["Mappings"] = {"Apps": {name.replace("_", "-"): {"id": each} for name, each in by_partition.items()}}
    (model,) = models_of(body)
    return model.gaps


def test_an_application_of_aws_that_rotates_secrets_is_no_gap() -> None:
    assert gaps({"TemplateURL": APPLICATION}) == ()
    assert gaps({"TemplateURL": BY_PARTITION}, aws=APPLICATION, aws_cn=IN_CHINA) == ()


@pytest.mark.parametrize(
    "address",
    [
        OF_OTHERS, APPLICATION.replace("SecretsManager", "Other"), f"{APPLICATION}/x", BY_PARTITION, {"Ref": "Where"},
        "rotation.template.json",
    ],
)  # fmt: skip
def test_another_nested_stack_is_a_gap_with_its_remedy(address: Any) -> None:
    assert gaps({"TemplateURL": address}) == (
        "test: the template of the nested stack Rotates is not here: not seen; give its file, too",
    )


def test_an_application_that_is_of_others_in_one_partition_is_a_gap() -> None:
    assert gaps({"TemplateURL": BY_PARTITION}, aws=APPLICATION, aws_cn=OF_OTHERS)
