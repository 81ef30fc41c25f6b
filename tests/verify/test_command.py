"""The command requires confirmation before it creates anything on an account, and reports missing permissions."""

import pytest
from click.testing import CliRunner

from constructs_lib.cli.main import group
from constructs_lib.verify import session as sessions
from constructs_lib.verify.rights import rights
from constructs_lib.verify.session import Identity
from tests.cli.schemas import fits
from tests.verify.conftest import Ground, document

pytestmark = pytest.mark.slow
ADMINISTRATOR = "arn:aws:iam::000000000000:root in us-east-1"


@pytest.fixture
def as_aws(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the command use the local cloud as AWS, by environment variables."""
    monkeypatch.chdir(ground.cloud.project)
    for name, value in ground.cloud.environment().items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(sessions, "_refuse_other_endpoints", lambda _: None)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "the account ID is not confirmed"),
        (["--account", "000000000000"], "the region is not confirmed"),
        (["--account", "111122223333", "--region", "us-east-1"], "the account ID is 000000000000, not '111122223333'"),
        (["--account", "000000000000", "--region", "eu-west-1"], "the region is us-east-1, not 'eu-west-1'"),
        (["--sweep"], "the account ID is not confirmed"),
    ],
)
@pytest.mark.usefixtures("as_aws")
def test_on_an_account_nothing_is_done_without_confirmation(ground: Ground, flags: list[str], said: str) -> None:
    before = len(ground.cloud.requests.read_text().splitlines())
    done = CliRunner().invoke(group, ["verify", *flags])
    assert isinstance(done.exception, SystemExit)
    assert done.exit_code == 1
    assert said in done.stderr
    assert ADMINISTRATOR in done.stderr
    assert len(ground.cloud.requests.read_text().splitlines()) <= before + 1, "more than who asks was asked"
    assert ground.runs() == set()


def test_the_plan_says_which_rights_the_simulator_denies(ground: Ground) -> None:
    session, run = ground.cloud.session(), ground.begin()
    iam = session.client("iam")
    trust = document(Effect="Allow", Principal={"AWS": "*"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName=run.prefix, Path="/of/a/path/", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    allowed = ["s3:*", "cloudformation:*"]
    iam.put_role_policy(
        RoleName=run.prefix, PolicyName="own", PolicyDocument=document(Effect="Allow", Action=allowed, Resource="*")
    )
    arn = f"arn:aws:sts::{run.account}:assumed-role/{run.prefix}/ann"
    found = rights(session, Identity(account=run.account, arn=arn, region=run.region), run, ground.templates(run))
    iam.delete_role_policy(RoleName=run.prefix, PolicyName="own")
    iam.delete_role(RoleName=run.prefix)
    assert role.endswith(f"/of/a/path/{run.prefix}")
    assert found.unknown == ""
    services = {each.partition(":")[0] for each in found.denied}
    assert services >= {"cognito-idp", "cognito-identity", "dynamodb", "iam", "lambda", "logs", "apigateway", "tag"}
    assert not services & {"s3", "cloudformation"}
    assert any(each.startswith("iam:PassRole on ") for each in found.denied)


def test_the_local_cloud_needs_no_consent(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ground.cloud.project)
    done = CliRunner().invoke(group, ["verify", "--local", "--level", "0", "--format", "json"], standalone_mode=False)
    document = fits(done.stdout, "verify-1")
    assert done.return_value == 0
    assert "It creates nothing" in done.stderr
    assert document["run"]["local"]
    assert document["left"] == []
    assert {each["outcome"] for each in document["findings"]} == {"agrees", "not checked"}
    assert ground.runs() == set()
