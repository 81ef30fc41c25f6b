"""The examples of sign-in on the local cloud: deployed by the real cdk, called by real clients."""

import json
from typing import Any, Final

import pytest
import requests
from botocore.exceptions import ClientError

from constructs_lib.analysis import build_model
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.prove import prove
from constructs_lib.client import AppClient, User
from tests.conftest import Deployed

pytestmark = pytest.mark.slow

DEPLOYS: Final = [
    f"examples/{name}/app.py" for name in ("existing_pools", "machine_to_machine", "passkeys", "social_sign_in")
]
PASSWORD: Final = "Correct-Horse-Battery-7!"


class App:
    """A deployed example: the stack with its outputs, and others."""

    def __init__(self, deployed: Deployed, stack: str, *others: str) -> None:
        self.cloud = deployed.cloud
        self.file = deployed.file
        self.outputs = deployed.outputs[stack]
        self.stack = stack
        self.templates = [deployed.templates[each] for each in (stack, *others)]

    def proved_isolated(self) -> bool:
        report = prove(build_model(self.templates))
        return bool(report.owned) and report.status is Status.PROVED

    def client(self) -> AppClient:
        return AppClient.from_file(self.file, stack=self.stack, endpoint_url=self.cloud.endpoint_url)

    def join(self, name: str) -> User:
        client = self.client()
        client.sign_up(name, PASSWORD)
        client.confirm(name, self.cloud.mailbox.last_code(name))
        return client.sign_in(name, PASSWORD)

    def admin(self, service: str) -> Any:
        return self.cloud.session().client(service)


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return str(caught.value.response["Error"]["Code"])


@pytest.fixture(scope="module")
def social(deployed: Deployed) -> App:
    return App(deployed, "SocialSignIn")


@pytest.fixture(scope="module")
def machines(deployed: Deployed) -> App:
    return App(deployed, "MachineToMachine")


def test_only_people_of_the_allowed_domain_sign_up(social: App) -> None:
    social.join("ann@example.com")
    for outsider in ("eve@example.org", "eve@sub.example.com", "eve@example.com.evil.org"):
        with pytest.raises(ClientError, match="this e-mail domain may not sign up"):
            social.client().sign_up(outsider, PASSWORD)


def groups(app: App, name: str) -> list[str]:
    found = app.admin("cognito-idp").admin_list_groups_for_user(UserPoolId=app.outputs["UserPoolId"], Username=name)
    return [group["GroupName"] for group in found["Groups"]]


def test_a_confirmed_user_joins_the_group_with_the_rights_of_the_function_alone(social: App) -> None:
    social.client().sign_up("bob@example.com", PASSWORD)
    assert groups(social, "bob@example.com") == []
    social.client().confirm("bob@example.com", social.cloud.mailbox.last_code("bob@example.com"))
    assert groups(social, "bob@example.com") == ["members"]

    other = social.admin("cognito-idp").create_user_pool(PoolName="other")["UserPool"]["Id"]
    event = {"triggerSource": "PostConfirmation_ConfirmSignUp", "userPoolId": other, "userName": "bob@example.com"}
    function = social.outputs["DefaultGroupFunction"]
    answer = social.admin("lambda").invoke(FunctionName=function, Payload=json.dumps(event))
    assert "AccessDenied" in answer["Payload"].read().decode()


def test_tokens_say_what_members_may_do_and_members_keep_their_folder(social: App) -> None:
    users, pool = social.admin("cognito-idp"), social.outputs["UserPoolId"]
    member = social.join("cat@example.com")
    assert str(member.tokens.claims["may_write"]).lower() == "true"
    s3, bucket = member.session().client("s3"), social.outputs["BucketName"]
    s3.put_object(Bucket=bucket, Key=f"private/{member.identity_id}/note", Body=b"mine")
    assert refused(s3.get_object, Bucket=bucket, Key=f"private/{member.identity_id}x/note") == "AccessDenied"
    users.admin_remove_user_from_group(UserPoolId=pool, Username="cat@example.com", GroupName="members")
    assert "may_write" not in social.client().sign_in("cat@example.com", PASSWORD).tokens.claims


def test_no_user_of_any_provider_reaches_anothers_files(social: App) -> None:
    assert social.proved_isolated()


def test_providers_are_made_before_their_client(social: App) -> None:
    users, pool = social.admin("cognito-idp"), social.outputs["UserPoolId"]
    made = {each["ProviderName"] for each in users.list_identity_providers(UserPoolId=pool)["Providers"]}
    client = users.describe_user_pool_client(UserPoolId=pool, ClientId=social.outputs["UserPoolClientId"])
    google = users.describe_identity_provider(UserPoolId=pool, ProviderName="Google")["IdentityProvider"]
    assert google["ProviderDetails"]["client_secret"] == "stand-in"
    assert made == {"Google", "Company"}
    assert {*client["UserPoolClient"]["SupportedIdentityProviders"]} == {"COGNITO", *made}


def test_the_passkeys_pool_offers_the_choice_and_still_takes_passwords(deployed: Deployed) -> None:
    app = App(deployed, "Passkeys")
    ann = app.join("ann@example.com")
    ann.session().client("s3").put_object(
        Bucket=app.outputs["BucketName"], Key=f"private/{ann.identity_id}/note", Body=b"mine"
    )
    users, pool = app.admin("cognito-idp"), app.outputs["UserPoolId"]
    client = users.describe_user_pool_client(UserPoolId=pool, ClientId=app.outputs["UserPoolClientId"])
    assert "ALLOW_USER_AUTH" in client["UserPoolClient"]["ExplicitAuthFlows"]
    assert app.proved_isolated()


def test_users_of_an_existing_pool_own_folders_by_sub_and_editors_keep_theirs(deployed: Deployed) -> None:
    app = App(deployed, "ExistingPools", "Pools")
    bucket = app.outputs["BucketName"]
    ann, editor = app.join("ann@example.com"), app.join("ed@example.com")
    app.admin("cognito-idp").admin_add_user_to_group(
        UserPoolId=app.outputs["UserPoolId"], Username="ed@example.com", GroupName="editors"
    )
    editor = app.client().sign_in("ed@example.com", PASSWORD)
    for user in (ann, editor):
        user.session().client("s3").put_object(Bucket=bucket, Key=f"private/{user.sub}/note", Body=b"mine")
    editor.session().client("s3").put_object(Bucket=bucket, Key="news/today", Body=b"news")
    s3 = ann.session().client("s3")
    assert s3.get_object(Bucket=bucket, Key="news/today")["Body"].read() == b"news"
    assert refused(s3.put_object, Bucket=bucket, Key="news/today", Body=b"fake") == "AccessDenied"
    assert refused(s3.get_object, Bucket=bucket, Key=f"private/{editor.sub}/note") == "AccessDenied"
    assert app.proved_isolated()


def test_a_program_gets_a_token_for_its_scopes_and_the_api_asks_for_them(machines: App) -> None:
    users, pool = machines.admin("cognito-idp"), machines.outputs["UserPoolId"]

    def token(name: str, scope: str, secret: str = "") -> requests.Response:
        client = users.describe_user_pool_client(UserPoolId=pool, ClientId=machines.outputs[f"{name}ClientId"])
        known = client["UserPoolClient"]
        return requests.post(
            f"{machines.cloud.endpoint_url}/oauth2/token",
            auth=(known["ClientId"], secret or known["ClientSecret"]),
            data={"grant_type": "client_credentials", "scope": scope},
            timeout=30,
        )

    def orders(access_token: str) -> int:
        url = f"{machines.cloud.endpoint_url}/_aws/execute-api/{machines.outputs['ApiId']}/$default/orders"
        return requests.get(url, headers={"Authorization": f"Bearer {access_token}"}, timeout=30).status_code

    assert token("Report", "orders/read", secret="wrong").status_code == 400
    assert token("Shop", "orders/read").status_code == 400
    assert orders(token("Report", "orders/read").json()["access_token"]) == 200
    assert orders(token("Shop", "orders/write").json()["access_token"]) == 403
    assert orders("forged") == 401
