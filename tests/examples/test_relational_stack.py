"""The template of the relational example: one database user, no way out, nothing lost with the stack."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from aws_cdk.assertions import Match, Template

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.analysis.template.templates import load_templates

pytestmark = pytest.mark.slow

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "relational"


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The synthesized app, its template checked by AWS's rules and by the proof."""
    out = tmp_path_factory.mktemp("relational")
    command = [sys.executable, str(EXAMPLE / "app.py")]
    context = json.loads((EXAMPLE / "cdk.json").read_text(encoding="utf-8"))["context"]
    environment = {"CDK_OUTDIR": str(out), "CDK_CONTEXT_JSON": json.dumps(context), "CDK_VALIDATION": "true"}
    done = subprocess.run(
        command, check=False, cwd=EXAMPLE, capture_output=True, text=True, env=os.environ | environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def template(assembly: Path) -> Template:
    return Template.from_json(json.loads((assembly / "Relational.template.json").read_text(encoding="utf-8")))


def test_the_role_may_connect_as_one_database_user_and_nothing_else_of_the_databases(template: Template) -> None:
    [policy] = template.find_resources("AWS::IAM::Policy").values()
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    [allowed] = [each for each in statements if "rds" in json.dumps(each["Action"]) + json.dumps(each["Resource"])]
    assert allowed["Action"] == "rds-db:connect"
    assert json.dumps(allowed["Resource"]).endswith('"DBClusterResourceId"]}, "/notes_app"]]}')
    assert "*" not in json.dumps(allowed["Resource"])
    assert "secretsmanager" not in json.dumps(statements)


def test_the_database_is_kept_encrypted_and_known_to_the_function_alone(template: Template) -> None:
    kept = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    template.has_resource("AWS::RDS::DBCluster", kept)
    template.has_resource_properties(
        "AWS::RDS::DBCluster",
        {
            "DeletionProtection": True,
            "StorageEncrypted": True,
            "EnableIAMDatabaseAuthentication": True,
            "ManageMasterUserPassword": True,
            "BackupRetentionPeriod": 14,
        },
    )
    template.has_resource_properties("AWS::RDS::DBInstance", {"PubliclyAccessible": False})
    template.has_resource_properties("AWS::RDS::DBClusterParameterGroup", {"Parameters": {"rds.force_ssl": "1"}})
    [way_in] = template.find_resources("AWS::EC2::SecurityGroupIngress").values()
    assert "NotesFunctionSecurityGroup" in json.dumps(way_in["Properties"]["SourceSecurityGroupId"])
    groups = template.find_resources("AWS::EC2::SecurityGroup").values()
    assert not any("SecurityGroupIngress" in group["Properties"] for group in groups)


def test_the_network_has_no_way_out(template: Template) -> None:
    for kind in ("InternetGateway", "NatGateway", "Route", "VPCEndpoint"):
        template.resource_count_is(f"AWS::EC2::{kind}", 0)


def test_the_function_gets_no_password(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Lambda::Function",
        {"Environment": {"Variables": {"USER": "notes_app", "DATABASE": "notes", "DATABASE_HOST": Match.any_value()}}},
    )
    assert "resolve:secretsmanager" not in json.dumps(template.to_json())


def test_users_cannot_write_their_tenant(template: Template) -> None:
    [client] = template.find_resources("AWS::Cognito::UserPoolClient").values()
    assert "custom:tenant" not in client["Properties"]["WriteAttributes"]


def test_the_proof_says_that_rows_in_postgres_are_not_its_to_decide(assembly: Path) -> None:
    report = prove(build_model(load_templates(assembly)))
    assert {finding.status for finding in report.findings} == {Status.PROVED}
    assert (report.status, report.owned) == (Status.UNDECIDED, ())
