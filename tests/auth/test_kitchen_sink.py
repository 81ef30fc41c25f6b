"""Everything at once: clean through CDK's own validation, cfn-lint and cdk-nag, and deployed to the local cloud."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from constructs_lib.local import LocalCloud
from tests.cfn_lint_rules import lint
from tests.conftest import Deployed

pytestmark = pytest.mark.slow

APP: Final = Path(__file__).with_name("kitchen_sink_app.py")
DEPLOYS: Final = ["tests/auth/kitchen_sink_app.py"]


@dataclass(frozen=True, slots=True)
class Run:
    status: int
    said: str
    template: dict[str, Any]


def synthesize(folder: Path, **context: str) -> Run:
    """Synthesize as the command line does, with CDK's validation on and its findings as errors."""
    environment = {name: value for name, value in os.environ.items() if name != "CDK_VALIDATION"}
    environment |= {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)}
    environment["PYTHONPATH"] = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, APP], env=environment, capture_output=True, text=True, check=False)
    file = folder / "KitchenSink.template.json"
    template = json.loads(file.read_text()) if file.exists() else {}
    return Run(done.returncode, done.stdout + done.stderr, template)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return synthesize(tmp_path_factory.mktemp("assembly"), nag="yes")


def test_cdks_validation_and_cdk_nag_find_nothing(run: Run) -> None:
    assert run.status == 0, run.said
    assert "ERROR" not in run.said
    warned = {line.split("'")[1] for line in run.said.splitlines() if "Acknowledge with" in line}
    # Undecided: which roles tokens of Google hold, and a group's role that one of the two identity pools cannot give.
    assert warned == {"Annotation::cognito-app:Auth.parentDomain", "cognito-app::undecided"}


def test_cfn_lint_finds_nothing(run: Run) -> None:
    assert lint(run.template) == []


def test_no_secret_stands_in_the_template(run: Run) -> None:
    details = [
        resource["Properties"]["ProviderDetails"]
        for resource in run.template["Resources"].values()
        if resource["Type"] == "AWS::Cognito::UserPoolIdentityProvider"
    ]
    secrets = [each.get("client_secret") or each.get("private_key") for each in details if "client_id" in each]
    assert len(secrets) == 5
    assert {*secrets} == {"{{resolve:secretsmanager:sign-in:SecretString:secret::}}"}


def prepared(cloud: LocalCloud) -> dict[str, str]:
    secret = json.dumps({"secret": "s"})
    cloud.session().client("secretsmanager").create_secret(Name="sign-in", SecretString=secret)
    return {}


def resources_of(cloud: LocalCloud) -> list[Any]:
    found = cloud.session().client("cloudformation").describe_stack_resources(StackName="KitchenSink")
    return [*found["StackResources"]]


def test_all_of_it_deploys_to_the_local_cloud(deployed: Deployed, run: Run) -> None:
    """Types the emulator takes without acting: `status` lists them (managed login branding, log delivery, ...)."""
    made = [each["ResourceType"] for each in resources_of(deployed.cloud)]
    expected = [each["Type"] for each in run.template["Resources"].values() if each["Type"] != "AWS::CDK::Metadata"]
    assert sorted(type_ for type_ in made if type_ != "AWS::CDK::Metadata") == sorted(expected)


def test_the_deployed_pools_are_what_was_asked_for(deployed: Deployed) -> None:
    users = deployed.cloud.session().client("cognito-idp")
    made = [each for each in resources_of(deployed.cloud) if each["ResourceType"] == "AWS::Cognito::UserPool"]
    pools = [each["PhysicalResourceId"] for each in made]
    described: list[Any] = [users.describe_user_pool(UserPoolId=id)["UserPool"] for id in pools]
    [everything] = [each for each in described if each.get("AliasAttributes")]
    [other] = [each for each in described if each.get("UsernameAttributes")]
    assert everything["MfaConfiguration"] == "ON"
    assert len(everything["LambdaConfig"]) == 14
    assert other["UsernameConfiguration"]["CaseSensitive"] is False
    assert other["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    names = {attribute["Name"] for attribute in everything["SchemaAttributes"]}
    assert {"custom:department", "custom:age", "given_name"} <= names
    groups = users.admin_list_groups_for_user(UserPoolId=everything["Id"], Username="ada")["Groups"]
    assert [group["GroupName"] for group in groups] == ["org:1"]
    assert users.admin_get_user(UserPoolId=everything["Id"], Username="ada")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
