"""Companies as customers on the local cloud: what each call of everybody gives, of two tenants and of none."""

import io
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from rich.console import Console

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Finding
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.cli.replay_attacks import replay
from constructs_lib.cli.serve_page import build_page
from constructs_lib.client import ClientSettings, User
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.client.caller import Tokens
from constructs_lib.local.toolchain import node
from constructs_lib.story import play
from constructs_lib.story.administration import PASSWORD as STORY_PASSWORD
from tests.conftest import Deployed
from tests.examples.tenants import TENANTS, Company, Person, told
from tests.examples.test_auth_examples import PASSWORD

pytestmark = pytest.mark.slow

HERE: Final = Path(__file__).parent
REPOSITORY: Final = HERE.parents[1]
DEPLOYS: Final = ["examples/tenants/app.py"]


@pytest.fixture(scope="module")
def company(deployed: Deployed) -> Company:
    return Company(deployed, "Tenants")


@pytest.fixture(scope="module")
def people(company: Company) -> dict[str, Person]:
    """Two tenants with an administrator and a member each, somebody in both, somebody in none, and a guest."""
    ada, alan, bea, dora, nora = (company.person(name) for name in ("ada", "alan", "bea", "dora", "nora"))
    for founder, tenant in ((ada, "acme"), (bea, "bolt")):
        assert company.api(founder, "POST", "/tenants", {"tenant": tenant})[0] == 201
        company.works_in(founder, tenant, "admins")
    company.invite(ada, "alan@example.com")
    company.works_in(alan, "acme")
    # Ben has no account yet: the invitation makes it, and the tenant is chosen by that.
    company.invite(bea, "ben@example.com")
    ben = Person(name="ben", caller=company.accept("ben@example.com"), tenant="bolt")
    company.invite(ada, "dora@example.com")
    company.invite(bea, "dora@example.com", "admins")
    company.works_in(dora, "acme")
    guest = Person(name="guest", caller=company.client().guest())
    return {each.name: each for each in (ada, alan, bea, ben, dora, nora, guest)}


@pytest.fixture(scope="module")
def filled(company: Company, people: dict[str, Person]) -> dict[str, Person]:
    """Put a file wherever somebody may own one, as the cloud's administrator."""
    s3 = company.admin("s3")
    for tenant in TENANTS:
        keys = [f"tenants/{tenant}/shared/x", *(f"tenants/{tenant}/people/{who.sub}/x" for who in people.values())]
        for key in keys:
            s3.put_object(Bucket=company.outputs["BucketName"], Key=key, Body=b"x")
    s3.put_object(Bucket=company.outputs["BucketName"], Key="public/news", Body=b"news")
    return people


def test_every_call_of_everybody_goes_as_it_should(company: Company, filled: dict[str, Person]) -> None:
    assert [line for who in filled.values() for line in told(company, who, filled)] == []


def test_a_function_answers_of_the_tenant_that_iam_held_the_caller_to(
    company: Company, filled: dict[str, Person]
) -> None:
    for name, tenant in (("ada", "acme"), ("ben", "bolt")):
        status, body = company.api(filled[name], "GET", f"/tenants/{tenant}/projects")
        assert (status, body["tenant"]) == (200, tenant)


def test_whoever_is_in_both_tenants_works_in_one_at_a_time(company: Company, filled: dict[str, Person]) -> None:
    dora = filled["dora"]
    before = dora.caller.session().client("s3")
    company.works_in(dora, "bolt", "admins")
    try:
        assert dora.caller.tokens.claims["cognito:groups"] == ["admins"]  # type: ignore[attr-defined] # who has signed in
        assert told(company, dora, filled) == []
        # Credentials of AWS last until they expire, whatever becomes of the membership.
        before.list_objects_v2(Bucket=company.outputs["BucketName"], Prefix="tenants/acme/shared/")
    finally:
        company.works_in(dora, "acme")
    assert "cognito:groups" not in dora.caller.tokens.claims  # type: ignore[attr-defined] # who has signed in
    assert told(company, dora, filled) == []


def test_nothing_that_a_client_sends_chooses_a_tenant(company: Company, filled: dict[str, Person]) -> None:
    alan, app = filled["alan"], company.client()
    assert isinstance(alan.caller, User)
    for tenant in ("bolt", "#active", ""):
        assert company.api(alan, "PUT", "/memberships/active", {"tenant": tenant})[0] == 403
    for name in ("custom:tenant", "tenant", "custom:tenant_role"):
        attribute = {"Name": name, "Value": "bolt"}
        token = alan.caller.tokens.access_token
        with pytest.raises(ClientError):
            app.cognito.update_user_attributes(AccessToken=token, UserAttributes=[attribute])  # type: ignore[list-item] # who has signed in
    answer = app.cognito.get_tokens_from_refresh_token(
        RefreshToken=alan.caller.tokens.refresh_token,
        ClientId=app.settings.user_pool_client_id,
        ClientMetadata={"tenant": "bolt", "chosen": "bolt"},
    )["AuthenticationResult"]
    claims = Tokens.from_result(answer, refresh_token="-").claims
    assert (claims["tenant"], claims["tenant_role"]) == ("acme", "member")
    with pytest.raises(ClientError, match="valid role claim"):
        alan.caller.fetch_credentials(custom_role_arn=admins_role(company))


def admins_role(company: Company) -> str:
    users = company.admin("cognito-idp")
    return str(users.get_group(UserPoolId=company.outputs["UserPoolId"], GroupName="admins")["Group"]["RoleArn"])


def test_a_group_of_the_pool_makes_nobody_an_administrator_of_a_tenant(
    company: Company, filled: dict[str, Person]
) -> None:
    alan, users = filled["alan"], company.admin("cognito-idp")
    where = {"UserPoolId": company.outputs["UserPoolId"], "Username": "alan@example.com", "GroupName": "admins"}
    users.admin_add_user_to_group(**where)
    try:
        alan.renew()
        assert isinstance(alan.caller, User)
        given = {"cognito:groups", "cognito:roles", "cognito:preferred_role"}
        assert not given & alan.caller.tokens.claims.keys()
        assert told(company, alan, filled) == []
    finally:
        users.admin_remove_user_from_group(**where)
        alan.renew()


def test_a_removed_member_is_out_at_once_but_for_credentials_they_hold(
    company: Company, filled: dict[str, Person]
) -> None:
    ada, finn = filled["ada"], company.person("finn")
    company.invite(ada, "finn@example.com")
    company.works_in(finn, "acme")
    assert isinstance(finn.caller, User)
    held, shared = finn.caller.session().client("s3"), "tenants/acme/shared/"
    assert company.api(ada, "DELETE", f"/tenants/acme/members/{finn.sub}") == (204, None)

    held.list_objects_v2(Bucket=company.outputs["BucketName"], Prefix=shared)
    with pytest.raises(ClientError, match="revoked"):
        finn.caller.fetch_credentials()
    with pytest.raises(ClientError, match="revoked"):
        finn.caller.renew_tokens()
    finn.caller = company.client().sign_in("finn@example.com", PASSWORD)
    finn.tenant = ""
    assert "tenant" not in finn.caller.tokens.claims
    assert told(company, finn, filled) == []
    assert company.api(finn, "PUT", "/memberships/active", {"tenant": "acme"})[0] == 403


def test_a_tenant_keeps_its_last_administrator_and_a_name_is_taken_once(
    company: Company, filled: dict[str, Person]
) -> None:
    ada, nora = filled["ada"], filled["nora"]
    for method, path, body in (
        ("DELETE", f"/tenants/acme/members/{ada.sub}", None),
        ("DELETE", "/memberships/acme", None),
        ("PUT", f"/tenants/acme/members/{ada.sub}", {"role": "member"}),
    ):
        assert company.api(ada, method, path, body)[0] == 409
    assert company.api(nora, "POST", "/tenants", {"tenant": "acme"})[0] == 409
    assert company.api(ada, "POST", "/tenants/acme/members", {"email": "alan@example.com"})[0] == 409
    _, listed = company.api(ada, "GET", "/tenants/acme/members")
    assert {each["role"] for each in listed["members"] if each["person"] == ada.sub} == {"admins"}


def test_an_administrator_of_another_tenant_of_theirs_does_nothing_in_this_one(
    company: Company, filled: dict[str, Person]
) -> None:
    """Dora administers bolt and works in acme: the role goes by where she works, and the table is asked besides."""
    dora = filled["dora"]
    for tenant in TENANTS:
        for method, path in (("POST", ""), ("PUT", f"/{dora.sub}"), ("DELETE", f"/{dora.sub}")):
            body = {"email": "eve@example.com", "role": "admins"}
            assert company.api(dora, method, f"/tenants/{tenant}/members{path}", body)[0] == 403


def test_an_invitation_reaches_nobody_who_wrote_the_address_into_their_account(
    company: Company, filled: dict[str, Person]
) -> None:
    ada = filled["ada"]
    company.client().sign_up("victim@example.com", PASSWORD)
    invited = {"email": "victim@example.com"}
    assert company.api(ada, "POST", "/tenants/acme/members", invited)[0] == 409


def test_a_membership_that_does_not_fit_gets_no_token(company: Company, filled: dict[str, Person]) -> None:
    """Somebody with rights on the table wrote it by hand."""
    nora = filled["nora"]
    assert isinstance(nora.caller, User)
    resources = company.admin("cloudformation").describe_stack_resources(StackName="Tenants")["StackResources"]
    [name] = [
        each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::DynamoDB::GlobalTable" and each["LogicalResourceId"].startswith("Members")
    ]
    table = company.cloud.session().resource("dynamodb").Table(name)
    rows = (
        {"person": nora.sub, "entry": "acme/people", "tenant": "acme/people", "role": "member"},
        {"person": nora.sub, "entry": "#active", "chosen": "acme/people"},
    )
    for row in rows:
        table.put_item(Item=row)
    try:
        with pytest.raises(ClientError, match="is not of the form"):
            nora.caller.renew_tokens()
    finally:
        for row in rows:
            table.delete_item(Key={"person": row["person"], "entry": row["entry"]})


def test_nobody_reaches_what_is_another_s_or_another_tenant_s(company: Company) -> None:
    assert company.proved_isolated()


def careless(company: Company) -> tuple[list[Finding], list[dict[str, Any]]]:
    """Return what the proof says of the template with careless statements for every member, and these as deployed."""
    [template] = company.templates
    body = json.loads(json.dumps(template.body))
    made = ("FilesB", "ProjectsT", "AuthAuthenticatedRole")
    names = {each: next(name for name in body["Resources"] if name.startswith(each)) for each in made}
    tag = "${aws:PrincipalTag/tenant}"
    said: tuple[tuple[list[str], str, str, dict[str, Any]], ...] = (
        (["s3:GetObject"], "FilesB", "/tenants/*", {}),
        (["s3:DeleteObject"], "FilesB", f"/tenants/{tag}/people/*", {}),
        (["s3:ListBucket"], "FilesB", "", {"StringLike": {"s3:prefix": "tenants/*"}}),
        (["dynamodb:GetItem", "dynamodb:Scan"], "ProjectsT", "", {}),
    )
    arns = {
        "FilesB": f"arn:aws:s3:::{company.outputs['BucketName']}",
        "ProjectsT": f"arn:aws:dynamodb:{company.cloud.region}:{company.cloud.account}:table/"
        f"{company.outputs['ProjectsTableName']}",
    }

    def written(arn: Any) -> list[dict[str, Any]]:
        return [
            {"Effect": "Allow", "Action": actions, "Resource": arn(name, rest), "Condition": condition}
            for actions, name, rest, condition in said
        ]

    statements = written(lambda name, rest: {"Fn::Join": ["", [{"Fn::GetAtt": [names[name], "Arn"]}, rest]]})
    document = {"Version": "2012-10-17", "Statement": statements}
    properties = {
        "PolicyName": "Careless",
        "Roles": [{"Ref": names["AuthAuthenticatedRole"]}],
        "PolicyDocument": document,
    }
    body["Resources"]["Careless"] = {"Type": "AWS::IAM::Policy", "Properties": properties}
    report = prove(build_model([replace(template, body=body)]))
    return list(report.findings), written(lambda name, rest: f"{arns[name]}{rest}")


def test_the_proofs_attacks_on_tenants_are_tried_as_whom_the_proof_names(company: Company) -> None:
    findings, deployed = careless(company)
    told = [each.message for each in replay(findings, company.cloud) if each.succeeded is not None]
    assert told
    assert all("refused" in each for each in told), told
    iam = company.admin("iam")
    [role] = [each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("Tenants-AuthAuth")]
    document = json.dumps({"Version": "2012-10-17", "Statement": deployed})
    iam.put_role_policy(RoleName=role, PolicyName="Careless", PolicyDocument=document)
    try:
        tried = [each for each in replay(findings, company.cloud) if each.succeeded is not None]
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="Careless")
    assert all(each.succeeded for each in tried), [each.message for each in tried]
    callers = {each.finding.caller for each in tried}
    assert {"a signed-in user", "a signed-in user without a tenant"} <= callers
    for action in ("s3:GetObject", "s3:ListBucket", "dynamodb:"):
        assert any(each.message.startswith(action) for each in tried)


def test_an_unmodified_amplify_client_works_in_its_tenant_and_is_refused_the_other(
    company: Company, filled: dict[str, Person], tmp_path: Path
) -> None:
    company.person("amy")
    company.invite(filled["ada"], "amy@example.com")
    web, cloud = REPOSITORY / "examples" / "web", company.cloud
    build_page(web)
    outputs = tmp_path / "amplify_outputs.json"
    outputs.write_text(json.dumps(amplify_outputs(company.outputs)))
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(cloud.ca_file),
        "LOCAL_CLOUD_TLS_PORT": str(urlsplit(cloud.tls_endpoint_url).port),
    }
    command = [
        *(str(node()), "--import", str(REPOSITORY / "tests" / "web" / "redirect.mjs")),
        *(str(HERE / "tenants.mjs"), str(web), str(outputs), PASSWORD, "amy@example.com", "ada@example.com"),
    ]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    denied, forbidden = {"refused": "AccessDenied"}, {"refused": 403}
    assert json.loads(done.stdout) == {
        "member": {
            "memberships": [["acme", "member"]],
            "listsBefore": denied,
            "choosesForeign": forbidden,
            "chooses": {"ok": {"active": "acme"}},
            "tenant": "acme",
            "writes": {"ok": True},
            "reads": {"ok": "hello"},
            "writesOwn": {"ok": True},
            "removesShared": denied,
            "readsForeign": denied,
            "listsForeign": denied,
            "listsAll": denied,
            "writesOwnInForeign": denied,
            "projects": {"ok": "acme"},
            "foreignProjects": forbidden,
            "looksAfterMembers": forbidden,
        },
        "administrator": {
            "tenant": "acme",
            "members": {"ok": True},
            "foreignMembers": forbidden,
            "readsMembersFile": {"ok": "hello"},
            "writesMembersFile": denied,
            "removesShared": {"ok": True},
            "readsForeign": denied,
        },
    }


def surprises(company: Company) -> list[str]:
    settings = ClientSettings.from_stack(company.outputs)
    played = play(
        settings,
        endpoint_url=company.cloud.endpoint_url,
        admin=company.cloud.session(),
        console=Console(file=io.StringIO()),
    )
    assert len(played) > 300
    return [f"{each.row.who} {each.row.what}: {each.got}" for each in played if not each.as_expected]


def test_the_story_that_try_plays_has_no_surprise_and_sees_a_weakened_policy(
    company: Company, filled: dict[str, Person]
) -> None:
    users = company.admin("cognito-idp")
    for name in filled.keys() - {"guest"}:
        users.admin_set_user_password(
            UserPoolId=company.outputs["UserPoolId"],
            Username=f"{name}@example.com",
            Password=STORY_PASSWORD,
            Permanent=True,
        )
    assert surprises(company) == []
    iam = company.admin("iam")
    [role] = [each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith("Tenants-AuthAuth")]
    [policy] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    written = json.dumps(iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"])
    weaker = written.replace("/tenants/${aws:PrincipalTag/tenant}/shared/*", "/tenants/*/shared/*")
    assert weaker != written
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=weaker)
    try:
        found = surprises(company)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=written)
    assert {"Alan reads what bolt shares: allowed", "Nora reads what acme shares: allowed"} <= {*found}
