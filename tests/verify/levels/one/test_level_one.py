"""Each check of level 1 differs when the deployed stack does: a right too many, a header dropped, a lock taken off."""

from __future__ import annotations

import json
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSResponse

from constructs_lib.client import AppClient
from constructs_lib.verify import trigger_pool
from constructs_lib.verify import verify as runner
from constructs_lib.verify.app_users import AppUsers
from constructs_lib.verify.checks import all_checks
from constructs_lib.verify.costly_stack import costly_context
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.physical_ids import physical_ids
from constructs_lib.verify.story_administration import BlockedCallError, RunStoryAdministration
from constructs_lib.verify.sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import botocore.session
    import requests

    from constructs_lib.verify.context import Context
    from tests.verify.conftest import Ground

pytestmark = pytest.mark.slow
CHECKS = {check.name: check for check in all_checks() if check.level == 1}
SUB = "${cognito-identity.amazonaws.com:sub}"


@pytest.fixture(scope="module")
def deployed(ground: Ground) -> Iterator[Context]:
    """Deploy the app of a run once, and sweep it."""
    context = ground.context(ground.begin(), say=lambda _: None)
    outputs = runner._made(runner._Run(context, ()))  # what a run does before level 1
    assert outputs is not None
    yield replace(context, outputs=outputs)
    assert sweep(context.session, context.run, context.journal.made, say=lambda _: None).left == ()


def found(context: Context, name: str) -> list[Finding]:
    return list(CHECKS[name].run(context))


def wrong(context: Context, name: str) -> list[str]:
    """Return the differences of a check, each as a sentence with its detail."""
    return [f"{each.what} ({each.detail})" for each in found(context, name) if each.outcome is Outcome.DIFFERS]


@contextmanager
def weakened(context: Context, change: Callable[[str], str], *, role: str = "AuthAuthenticatedRole") -> Iterator[None]:
    """Change the policy of a role while the block lasts."""
    iam: Any = context.session.client("iam")
    name = next(each for logical, each in physical_ids(context).items() if logical.startswith(role))
    [policy] = iam.list_role_policies(RoleName=name)["PolicyNames"]
    where = {"RoleName": name, "PolicyName": policy}
    document = json.dumps(iam.get_role_policy(**where)["PolicyDocument"])
    assert change(document) != document, "the change finds nothing to change"
    iam.put_role_policy(**where, PolicyDocument=change(document))
    try:
        yield
    finally:
        iam.put_role_policy(**where, PolicyDocument=document)


def api_of(context: Context) -> str:
    return next(each for name, each in physical_ids(context).items() if name.startswith("ApiHttpApi"))


def opened(document: str) -> str:
    """Let users into everybody's folder and rows."""
    everything = document.replace(f"private/{SUB}/*", "private/*")
    return everything.replace(f'"dynamodb:LeadingKeys": ["{SUB}"]', '"dynamodb:LeadingKeys": ["*"]').replace(
        "ForAllValues:StringEquals", "ForAllValues:StringLike"
    )


def test_the_story_differs_where_users_reach_others_and_makes_no_call_that_sends_mail(deployed: Context) -> None:
    with weakened(deployed, opened):
        story = found(deployed, "story")
    told = {each.what: each.detail for each in story if each.outcome is Outcome.DIFFERS}
    assert told["Alice reads Bob's diary: refused"] == "it was allowed"
    assert "Alice reads Bob's note: refused" in told
    resets = [each for each in story if "resets Alice's password" in each.what]
    confirmed = [each for each in story if "confirms with the code that was sent" in each.what]
    assert {each.outcome for each in (*resets, *confirmed)} == {Outcome.NOT_CHECKED}
    assert all("sends no e-mail" in each.detail for each in (*resets, *confirmed))


def test_a_pool_that_would_mail_every_newcomer_stops_the_check(deployed: Context) -> None:
    idp, pool = deployed.session.client("cognito-idp"), deployed.settings.user_pool_id
    idp.update_user_pool(UserPoolId=pool, AutoVerifiedAttributes=["email"])
    try:
        with pytest.raises(ValueError, match="each sign-up would send mail"):
            AppUsers.of(deployed)
    finally:
        idp.update_user_pool(UserPoolId=pool, AutoVerifiedAttributes=[])
    app = AppUsers.of(deployed).app
    with pytest.raises(BlockedCallError):
        app.cognito.forgot_password(ClientId=app.settings.user_pool_client_id, Username="alice@example.com")


def test_a_token_that_lives_is_waited_for(deployed: Context) -> None:
    """On AWS no ID token lives less than five minutes."""
    waited: list[float] = []
    app_users = AppUsers.of(deployed)
    token = app_users.sign_up("waited-for").caller.tokens.id_token
    administration = replace(RunStoryAdministration.of(deployed), wait=waited.append)
    assert administration.ended(token) == token
    assert 3600 < waited[0] < 3620
    assert replace(app_users.administration, context=replace(deployed, run=replace(deployed.run, local=False))).name


def test_attacks_differ_when_one_works_and_when_none_could(deployed: Context) -> None:
    with weakened(deployed, opened):
        told = wrong(deployed, "impossible-attacks")
    assert any("a signed-in user: s3:GetObject at another user's" in each for each in told), told
    assert any("a signed-in user: dynamodb:UpdateItem at another user's" in each for each in told)
    assert not any("a guest" in each for each in told)
    with weakened(deployed, lambda document: document.replace("s3:GetObject", "s3:GetObjectTagging")):
        told = wrong(deployed, "impossible-attacks")
    assert any("the same attempts at their own" in each and "s3:GetObject (AccessDenied)" in each for each in told)


def test_attacks_differ_for_guests_too_when_the_api_answers_403_to_everybody(
    deployed: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = AppClient.send

    def refused(self: AppClient, method: str, url: str, **options: Any) -> requests.Response:
        answer = send(self, method, url, **options)
        if ".execute-api." in url:
            answer.status_code, answer._content = 403, b'{"message":"Forbidden"}'
        return answer

    monkeypatch.setattr(AppClient, "send", refused)
    told = wrong(deployed, "impossible-attacks")
    assert any(
        "a guest: the call that is refused at another user's" in each and each.endswith(": 403)") for each in told
    )


def test_groups_differ_when_everybody_may_what_editors_may(deployed: Context) -> None:
    def as_editors(document: str) -> str:
        return document.replace(f"private/{SUB}/*", "*")

    with weakened(deployed, as_editors):
        told = wrong(deployed, "group-changes")
    assert [each.rpartition(" they cannot ")[0] for each in told] == [
        "before they join",
        "in the group, with an earlier token",
        "out of the group, with a renewed token",
    ]


class Unsaid:
    """Intercepts users' calls of one operation and responds instead of the cloud."""

    def __init__(self, operation: str) -> None:
        self._operation = operation

    def attach(self, session: botocore.session.Session) -> None:
        session.register(f"before-send.cognito-identity-provider.{self._operation}", self._answer)  # type: ignore[arg-type] # by keyword

    def answered(self, response: requests.Response) -> None:
        """Nothing comes over HTTP here."""

    def during(self, check: str) -> nullcontext[None]:
        del check
        return nullcontext()

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        raw: Any = type("Body", (), {"stream": lambda *_, **__: iter([b"{}"])})()
        headers: Any = {"Content-Type": "application/x-amz-json-1.1"}
        return AWSResponse(request.url, 200, headers, raw)


def test_tokens_differ_when_none_is_revoked(deployed: Context) -> None:
    told = wrong(replace(deployed, recorder=Unsaid("RevokeToken")), "token-ages")
    assert [each.partition(":")[0] for each in told] == [
        "a user renews tokens with a revoked refresh token",
        "a user uses an access token of a revoked refresh token",
    ]


def test_cors_differs_when_the_api_or_the_bucket_sends_no_headers(deployed: Context) -> None:
    apis, s3 = deployed.session.client("apigatewayv2"), deployed.session.client("s3")
    api, bucket = api_of(deployed), deployed.settings.other("BucketName")
    before = apis.get_api(ApiId=api)["CorsConfiguration"]
    rules: Any = s3.get_bucket_cors(Bucket=bucket)["CORSRules"]
    apis.update_api(ApiId=api, CorsConfiguration={**before, "AllowOrigins": ["https://another.example.com"]})
    s3.delete_bucket_cors(Bucket=bucket)
    try:
        assert len(wrong(deployed, "cors-preflight")) == 2
        assert len(wrong(deployed, "cors-on-403")) == 2
        assert len(wrong(deployed, "cors-of-bucket")) == 2
    finally:
        apis.update_api(ApiId=api, CorsConfiguration=before)
        s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})


def test_paths_differ_when_a_route_is_everybodys(deployed: Context) -> None:
    with weakened(deployed, lambda document: document.replace(f"/users/{SUB}/shares", "/users/*/shares")):
        told = wrong(deployed, "percent-encoded-owners")
    assert any(each.startswith("another user's owner, unencoded, is refused") for each in told), told


def test_an_import_differs_when_a_route_lost_its_lock(deployed: Context) -> None:
    apis, api = deployed.session.client("apigatewayv2"), api_of(deployed)
    route = next(each for each in apis.get_routes(ApiId=api)["Items"] if each["RouteKey"] == "POST /shares")
    apis.update_route(ApiId=api, RouteId=route["RouteId"], AuthorizationType="NONE")
    try:
        [told] = wrong(deployed, "open-api-import")
    finally:
        apis.update_route(ApiId=api, RouteId=route["RouteId"], AuthorizationType="AWS_IAM")
    assert told.startswith("POST /shares requires AWS_IAM")


def test_triggers_differ_when_the_pool_calls_one_less(deployed: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trigger_pool, "TRIGGERS", tuple(set(trigger_pool.TRIGGERS) - {"PostAuthentication"}))
    [told] = wrong(deployed, "triggers")
    assert "PreAuthentication_Authentication, TokenGeneration_Authentication" in told.partition("(it invoked")[2]


COSTLY = ("kms-conditions", "table-replicas", "hosting", "snap-start")


def test_what_takes_longer_is_said_to_be_unchecked(deployed: Context) -> None:
    for name in COSTLY:
        [told] = found(deployed, name)
        assert (told.outcome, "--costly" in told.detail) == (Outcome.NOT_CHECKED, True)


def test_a_key_and_a_snapshot_are_asked_for_and_differ_when_they_are_not_as_they_should_be(deployed: Context) -> None:
    context = replace(deployed, costly=True)
    assert {each.outcome for each in found(context, "kms-conditions")} == {Outcome.AGREES}
    assert not [each for name in COSTLY[:-1] for each in wrong(context, name)]
    made, iam = costly_context(context), deployed.session.client("iam")
    role = next(each for name, each in physical_ids(made).items() if name.startswith("AuthAuthenticatedRole"))
    every = {"Effect": "Allow", "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [every]})
    iam.put_role_policy(RoleName=role, PolicyName="every-key", PolicyDocument=policy)
    assert len(wrong(context, "kms-conditions")) == 2
    deployed.session.events.register("after-call.lambda.GetFunctionConfiguration", _without_snapshot)
    assert {each.outcome for each in found(context, "snap-start")} == {Outcome.AGREES, Outcome.DIFFERS}
    stacks = deployed.session.client("cloudformation").describe_stacks()["Stacks"]
    assert made.stack not in {each["StackName"] for each in stacks}


def _without_snapshot(parsed: dict[str, Any], **_: Any) -> None:
    parsed["SnapStart"] = {"ApplyOn": "None", "OptimizationStatus": "Off"}
