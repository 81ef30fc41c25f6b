"""A call that the local cloud has decided is explained by its record and the deployed templates."""

import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis import Model, build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.explain import Answer, Status
from constructs_lib.explain.answer import Reason
from constructs_lib.explain.recorded_calls import chosen, explain_recorded, read_log
from constructs_lib.explain.sources import Lines
from tests.analysis.conftest import BUCKET, SUB, join, template
from tests.analysis.proof.test_claims import FOLDERS, FORM, READ_ONLY

ME, BOB = "us-east-1:11111111-1111-4111-8111-111111111111", "us-east-1:22222222-2222-4222-8222-222222222222"
STACK = {"Bucket": "app-bucket-1x2", "User": "app-User-9z", "Table": "app-Table-7", "Pool": "us-east-1:pool"}
PRINCIPAL = "arn:aws:sts::000000000000:assumed-role/app-User-9z/CognitoIdentityCredentials"
GIVEN = [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, f"/private/{SUB}/*")}]


@pytest.fixture(scope="module")
def models() -> list[Model]:
    return build_model([parse_template(json.dumps(template(GIVEN)), name="app", source="app.json")])


def check(action: str = "s3:GetObject", key: str = f"/private/{BOB}/x", **more: Any) -> dict[str, Any]:
    context = {"cognito-identity.amazonaws.com:sub": ME, "aws:securetransport": "true"}
    found = {"action": action, "resource": f"arn:aws:s3:::app-bucket-1x2{key}", "principal": PRINCIPAL}
    return {**found, "context": context, "decision": "ImplicitDeny", **more}


def entry(*checks: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = {"id": "r1", "time": 1000.0, "operation": "s3:GetObject", "status": 403, "refused": True}
    return {**found, "code": "AccessDenied", "message": "", "checks": list(checks), "token": {}, **more}


def told(models: list[Model], record: dict[str, Any]) -> Answer:
    answer = explain_recorded(record, models, {"other": {"Unrelated": "x"}, "app": STACK}, Lines())
    assert answer.request_id == "r1"
    return answer


def test_a_refusal_is_told_in_the_names_of_the_templates(models: list[Model]) -> None:
    answer = told(models, entry(check()))
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.ELSEWHERE)
    assert answer.sentence.startswith(f"A signed-in user cannot call s3:GetObject on Bucket private/{BOB}/x:")
    assert answer.suggestion is not None
    assert answer.suggestion.sentence == "s3:GetObject on Bucket private/{owner}/x would be allowed."


def test_a_call_that_was_let_through_is_told_by_its_statement(models: list[Model]) -> None:
    answer = told(models, entry(check(key=f"/private/{ME}/x", decision="Allow"), refused=False, status=200))
    assert (answer.status, [each.where for each in answer.because]) == (Status.ALLOWED, ["User, inline P"])


@pytest.mark.parametrize(("key", "decision"), [(f"/private/{BOB}/x", "Allow"), (f"/private/{ME}/x", "ImplicitDeny")])
def test_a_cloud_that_decided_otherwise_than_the_templates_is_said_to(
    models: list[Model], key: str, decision: str
) -> None:
    answer = told(models, entry(check(key=key, decision=decision), refused=decision != "Allow"))
    assert (answer.status, answer.suggestion) == (Status.UNDECIDED, None)
    assert "the deployed resources differ from the templates" in answer.sentence


def test_the_check_that_was_refused_decides_among_several(models: list[Model]) -> None:
    first = check(key=f"/private/{ME}/x", decision="Allow")
    answer = told(models, entry(first, check("s3:PutObjectTagging", key=f"/private/{ME}/x")))
    assert (answer.action, answer.reason) == ("s3:PutObjectTagging", Reason.NO_ACTION)


def test_an_object_that_is_not_there_is_told_as_that(models: list[Model]) -> None:
    first = check(key=f"/private/{ME}/x", decision="Allow")
    answer = told(models, entry(first, check("s3:ListBucket", key="")))
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.SERVICE)
    assert "there is no such object" in answer.sentence


def test_a_stranger_is_told_of_the_missing_signature(models: list[Model]) -> None:
    answer = told(models, entry(check(principal="", context={}, decision="Allow")))
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.NO_CREDENTIALS)


def test_a_role_of_nobody_in_the_templates_is_named(models: list[Model]) -> None:
    principal = "arn:aws:sts::000000000000:assumed-role/other/session"
    answer = told(models, entry(check(principal=principal)))
    assert answer.status is Status.REFUSED
    assert f"{principal}, which is not a role of these templates" in answer.sentence


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ("SignatureDoesNotMatch", "its signature does not match"),
        ("ExpiredTokenException", "its credentials have expired"),
        ("NeverHeardOf", "its credentials are not accepted (NeverHeardOf)"),
    ],
)
def test_credentials_that_are_not_accepted_are_told_by_what_is_wrong(
    models: list[Model], decision: str, words: str
) -> None:
    answer = told(models, entry(check(principal="", context={}, decision=decision)))
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.CREDENTIALS)
    assert words in answer.sentence


@pytest.mark.parametrize(
    ("accepts", "has", "words"),
    [
        ({}, None, "the call carries none"),
        ({}, {}, "does not carry a readable token"),
        ({}, {"iss": "other", "aud": "c"}, "of another user pool"),
        ({}, {"iss": "pool", "aud": "d"}, "of another client"),
        ({}, {"iss": "pool", "client_id": "d"}, "of another client"),
        ({}, {"iss": "pool", "aud": "c", "exp": 999}, "has expired"),
        ({"use": "id"}, {"iss": "pool", "aud": "c", "token_use": "access"}, "is an access token"),
        ({"scopes": ["a/b"]}, {"iss": "pool", "aud": "c", "scope": "x"}, "none of the scopes a/b"),
        ({}, {"iss": "pool", "aud": "c", "exp": 2000}, "signature is not the user pool's"),
    ],
)
def test_a_token_that_a_route_does_not_accept_is_told_by_what_is_wrong(
    models: list[Model], accepts: dict[str, Any], has: Any, words: str
) -> None:
    token = {"accepts": {"issuers": ["pool"], "clients": ["c"], "scopes": [], **accepts}, "has": has}
    answer = told(models, entry(token=token, operation="GET /mine", status=401))
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.TOKEN)
    assert words in answer.sentence


def test_what_a_service_refused_by_itself_is_told_in_its_words(models: list[Model]) -> None:
    record = entry(code="NotAuthorizedException", message="Incorrect username or password.", operation="X.InitiateAuth")
    answer = told(models, record)
    assert answer.sentence == (
        "The call InitiateAuth was refused: NotAuthorizedException: Incorrect username or password."
    )


def test_the_last_refusal_is_chosen_or_the_one_that_is_asked_for(tmp_path: Path) -> None:
    calls = [{"id": "a", "refused": True}, {"id": "b", "refused": True}, {"id": "c", "refused": False}]
    (tmp_path / "log").write_text("".join(json.dumps(each) + "\n" for each in calls))
    log = read_log(tmp_path / "log")
    assert [chosen(log)["id"], chosen(log, "a")["id"], chosen(log, "x")] == ["b", "a", None]  # type: ignore[index] # there are two
    assert chosen(log[2:]) == calls[2]
    assert read_log(tmp_path / "none") == []
    assert chosen([]) is None


@pytest.mark.parametrize(("tags", "caller"), [({"tenant": "acme"}, "a signed-in user"), ({}, "without a tenant")])
def test_who_lacks_a_claim_is_known_by_the_tag_that_is_not_there(tags: dict[str, str], caller: str) -> None:
    body = template([FOLDERS], more=READ_ONLY)
    found = parse_template(json.dumps(body), name="app", source="app.json")
    models = build_model([found], claims={"custom:tenant": FORM})
    context = {f"aws:principaltag/{name}": value for name, value in tags.items()}
    answer = told(models, entry(check(context=context, key="/tenants/other/x")))
    assert answer.status is Status.REFUSED
    assert answer.caller.endswith(caller)


def test_a_stack_of_another_app_is_not_taken_for_this_one(models: list[Model]) -> None:
    """Apps of the same constructs have the same logical IDs."""
    twin = {name: f"twin-{physical}" for name, physical in STACK.items()}
    record = entry(check(principal=PRINCIPAL.replace("app-User-9z", "twin-app-User-9z")))
    answer = explain_recorded(record, models, {"app": STACK, "twin": twin}, Lines())
    assert "which is not a role of these templates" in answer.sentence


def test_a_stack_of_another_name_than_its_template_is_known_by_its_resources(models: list[Model]) -> None:
    answer = explain_recorded(entry(check()), models, {"renamed": STACK, "other": {"Unrelated": "x"}}, Lines())
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.ELSEWHERE)


@pytest.mark.parametrize("stage", [{"Ref": "Stage"}, "prod"])
def test_a_stage_is_known_by_its_name_and_by_a_reference(stage: Any) -> None:
    def arn(rest: str) -> Any:
        before = "arn:aws:execute-api:us-east-1:000000000000:"
        return {"Fn::Join": ["", [before, {"Ref": "Api"}, "/", stage, rest]]}

    api = {
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "api"}},
        "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "prod"}},
    }
    given = [{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": arn("/GET/news")}]
    found = parse_template(json.dumps(template(given, more=api)), name="app", source="app.json")
    deployed = {"app": {**STACK, "Api": "a1b2c3", "Stage": "prod"}}
    for path, decision, status in (("news", "Allow", Status.ALLOWED), ("own", "ImplicitDeny", Status.REFUSED)):
        asked = check("execute-api:Invoke", decision=decision)
        asked["resource"] = f"arn:aws:execute-api:us-east-1:000000000000:a1b2c3/prod/GET/{path}"
        record = entry(asked, refused=decision != "Allow")
        assert explain_recorded(record, build_model([found]), deployed, Lines()).status is status
