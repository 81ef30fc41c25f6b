"""A resource that names a caller's role or a pool has a reviewed type, or is undecided and named."""

import pytest

from constructs_lib.analysis.proof.findings import Report, Status
from tests.analysis.proof.access_paths.openings import Document, Opening, of, ref
from tests.analysis.proof.access_paths.test_access_paths import NAMES, opened


def with_resource(resource: Document) -> Report:
    return opened(Opening(resources={"More": resource}))


def test_a_schedule_may_change_a_pool_with_its_own_role() -> None:
    call = {
        "Arn": "arn:aws:scheduler:::aws-sdk:cognitoidentity:setIdentityPoolRoles",
        "RoleArn": "arn",
        "Input": ref("Pool"),
    }
    assert with_resource(of("AWS::Scheduler::Schedule", Target=call)).status is Status.UNDECIDED
    assert with_resource(of("AWS::EKS::IdentityProviderConfig", Oidc={"ClientId": ref("Pool")})).status is Status.PROVED


@pytest.mark.parametrize("name", [NAMES.user, "Pool"])
def test_a_type_without_a_review_is_undecided_and_named(name: str) -> None:
    report = with_resource(of("Vendor::Any::Thing", Name=ref(name)))
    assert report.status is Status.UNDECIDED
    assert [each.subject for each in report.findings if each.status is Status.UNDECIDED] == ["More"]


@pytest.mark.parametrize("name", [NAMES.user, "Pool"])
@pytest.mark.parametrize(
    "resource",
    [
        lambda value: of("AWS::SSM::Parameter", Type="String", Value=value),
        lambda value: of("AWS::Amplify::App", EnvironmentVariables=[{"Name": "X", "Value": value}]),
        lambda value: of("AWS::CodeBuild::Project", Environment={"EnvironmentVariables": [{"Value": value}]}),
        lambda value: of("Custom::Seed", ServiceToken="arn", Name=value),
        lambda value: of("AWS::ApplicationAutoScaling::ScalingPolicy", PolicyName="x", ScalingTargetId=value),
    ],
    ids=["a parameter", "an app", "a build", "a custom resource", "a scaling policy"],
)
def test_a_type_that_passes_the_name_on_stays_proved(name: str, resource: object) -> None:
    assert callable(resource)
    assert with_resource(resource(ref(name))).status is Status.PROVED


@pytest.mark.parametrize("name", [NAMES.user, "Pool"])
@pytest.mark.parametrize("key", ["Resource", "Condition", "Principal", "EnvironmentRole", "Environment", "Statement"])
def test_a_property_of_another_vendor_with_the_name_of_a_policys_element_is_none(name: str, key: str) -> None:
    assert with_resource(of("Vendor::Any::Thing", **{key: {"Principal": ref(name)}})).status is Status.UNDECIDED


def test_an_element_of_a_policy_outside_a_statement_is_a_property() -> None:
    assert with_resource(of("AWS::Glue::Trigger", Condition=ref(NAMES.user))).status is Status.UNDECIDED
