"""A question is answered with a sentence, the deciding statement and the nearest allowed request."""

import dataclasses
import json
from pathlib import Path

import pytest

from constructs_lib.analysis import Model, build_model, load_templates
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.explain import Answer, Status, explain
from constructs_lib.explain.answer import Reason
from constructs_lib.explain.question import holder_of
from constructs_lib.explain.sources import Lines
from tests.analysis.conftest import BUCKET, SUB, TABLE, Document, join, template
from tests.analysis.proof.test_claims import FOLDERS, FORM, READ_ONLY

SNAPSHOTS = Path(__file__).parents[1] / "stacks" / "__snapshots__" / "test_document_stack"
DOCUMENTS = SNAPSHOTS / "test_the_template_is_the_committed_one[dev].template.json"


@pytest.fixture(scope="module")
def models() -> list[Model]:
    return build_model(load_templates(DOCUMENTS))


def models_of(body: Document) -> list[Model]:
    return build_model([parse_template(json.dumps(body), name="app", source="app.json")])


def asked_of(statements: list[Document], who: str, question: str, **more: object) -> Answer:
    return explain(models_of(template(statements, **more)), who, question)  # type: ignore[arg-type] # a plain template


def allow(action: object, resource: object, **more: object) -> Document:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    ("who", "question"),
    [
        ("user", "get Documents private/{owner}/x"),
        ("user", "list Documents private/{owner}/"),
        ("user", "list Documents public/*"),
        ("guest", "get Documents public/x"),
        ("editors", "write Documents public/a"),
        ("group:editors", "delete Documents public/a"),
        ("user", "list Notes {owner}"),
        ("user", "call Api POST /shares"),
        ("user", "s3:GetObject arn:aws:s3:::Documents/private/{owner}/x"),
        ("user", "call Api DELETE /users/{owner}/shares/{share_id}"),
    ],
)
def test_what_the_rules_give_is_allowed_by_a_statement_with_its_construct_path(
    models: list[Model], who: str, question: str
) -> None:
    answer = explain(models, who, question)
    assert (answer.status, answer.reason, answer.suggestion) == (Status.ALLOWED, Reason.GRANTED, None)
    assert [each.where for each in answer.because] in [
        [f"Auth/{name}Policy"] for name in ("Guest", "Authenticated", "Groupeditors")
    ]
    assert answer.sentence.count(". ") == 0


@pytest.mark.parametrize(
    ("who", "question", "reason", "suggestion"),
    [
        ("user", "get Documents private/{other}/x", Reason.ELSEWHERE,
         "s3:GetObject on Documents private/{owner}/x would be allowed."),
        ("user", "list Documents private/{owner}", Reason.CONDITION,
         "The prefix lacks its closing slash: s3:prefix 'private/{owner}/' would be allowed."),
        ("user", "list Documents private/*", Reason.CONDITION,
         "s3:ListBucket with s3:prefix 'private/{owner}/' would be allowed."),
        ("user", "list Documents private/{other}/", Reason.CONDITION,
         "s3:ListBucket with s3:prefix 'private/{owner}/' would be allowed."),
        ("guest", "list Documents *", Reason.CONDITION,
         "The listing names no prefix: s3:prefix 'public/' would be allowed."),
        ("guest", "write Documents public/x", Reason.NO_ACTION, "A member of group 'editors' may do exactly this."),
        ("user", "write Documents public/x", Reason.ELSEWHERE, "A member of group 'editors' may do exactly this."),
        ("user", "write Notes {other}", Reason.CONDITION,
         "dynamodb:PutItem with dynamodb:LeadingKeys '{owner}' would be allowed."),
        ("user", "dynamodb:Scan Notes *", Reason.NO_ACTION,
         "dynamodb:Query on Notes with dynamodb:LeadingKeys '{owner}' would be allowed."),
        ("user", "s3:GetObjectVersion Documents private/{owner}/x", Reason.NO_ACTION,
         "s3:GetObject on Documents private/{owner}/x would be allowed."),
        ("guest", "call Api POST /shares", Reason.ELSEWHERE, "A signed-in user may do exactly this."),
        ("internet", "get Documents public/x", Reason.NO_CREDENTIALS, "A guest may do exactly this."),
        ("guest", "get Notes {other}", Reason.NO_ACTION, ""),
        ("user", "iam:PassRole *", Reason.NO_ACTION, ""),
    ],
)  # fmt: skip
def test_a_refusal_says_why_and_what_would_be_allowed(
    models: list[Model], who: str, question: str, reason: Reason, suggestion: str
) -> None:
    answer = explain(models, who, question)
    assert (answer.status, answer.reason) == (Status.REFUSED, reason), answer.sentence
    assert (answer.suggestion.sentence if answer.suggestion else "") == suggestion
    if answer.suggestion is not None:
        caller, request = answer.suggestion.caller, answer.suggestion.request
        assert caller.verdict(request, holder_of(request.resource, models[0])).allowed


def test_a_refusal_without_credentials_does_not_read_as_if_some_anonymous_caller_were_allowed(
    models: list[Model],
) -> None:
    answer = explain(models, "internet", "get Documents public/x")
    assert answer.sentence.startswith("An anonymous caller cannot call s3:GetObject on ")


def test_the_statement_that_comes_nearest_is_named(models: list[Model]) -> None:
    answer = explain(models, "user", "get Documents private/{other}/x")
    (near,) = answer.because
    assert near.nearest
    assert near.statement.resources[0].endswith("/private/${cognito-identity.amazonaws.com:sub}/*")
    assert "the nearest statement with this action is about Documents private/{owner}/*" in answer.sentence


def test_a_deny_is_the_statement_that_decides() -> None:
    deny = {**allow("s3:*", join(BUCKET, "/secret/*")), "Effect": "Deny"}
    answer = asked_of([allow("s3:GetObject", join(BUCKET, "/*")), deny], "user", "get Bucket secret/x")
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.DENIED)
    assert [each.statement.allow for each in answer.because] == [False]


def test_the_guests_session_policy_ends_what_their_role_allows() -> None:
    answer = asked_of([], "guest", "iam:GetUser *", guest=[allow("iam:GetUser", "*")])
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.GUEST_SESSION)
    assert answer.sentence.endswith("Cognito's session policy for guests does not.")


def test_a_permissions_boundary_ends_what_a_role_allows() -> None:
    limit = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"PolicyDocument": {"Version": "2012-10-17", "Statement": [allow("dynamodb:*", "*")]}},
    }
    given = [allow("s3:GetObject", join(BUCKET, "/*"))]
    answer = asked_of(given, "user", "get Bucket x", more={"Limit": limit}, boundary="Limit")
    assert (answer.status, answer.reason) == (Status.REFUSED, Reason.BOUNDARY)


@pytest.mark.parametrize(
    ("statements", "doubt"),
    [
        ([allow("s3:GetObject", {"Fn::Join": ["", [BUCKET, "/", {"Ref": "Folder"}, "/*"]]})], "Folder"),
        ([allow("s3:GetObject", join(BUCKET, "/*"), Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})],
         "pass --context aws:sourceip=VALUE"),
        ([allow("s3:GetObject", join(BUCKET, "/*")),
          {"Effect": "Deny", "Action": "s3:*", "Resource": {"Fn::Join": ["", [BUCKET, "/", {"Ref": "Folder"}, "/*"]]}}],
         "Folder"),
        ([allow("s3:GetObject", join(BUCKET, "/*"), Condition={"StringEquals": {"aws:PrincipalArn": {"Ref": "Who"}}})],
         "Who"),
    ],
)  # fmt: skip
def test_what_hangs_on_what_is_not_known_is_undecided_and_named(statements: list[Document], doubt: str) -> None:
    body = template(statements)
    body["Parameters"] = {name: {"Type": "String"} for name in ("Folder", "Who")}
    answer = explain(models_of(body), "user", "get Bucket x/y")
    assert (answer.status, answer.reason) == (Status.UNDECIDED, Reason.UNKNOWN)
    assert doubt in answer.sentence


def test_a_context_key_decides_what_hung_on_it() -> None:
    condition = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}
    models = models_of(template([allow("s3:GetObject", join(BUCKET, "/*"), Condition=condition)]))
    inside = explain(models, "user", "get Bucket x", context={"aws:SourceIp": ["10.1.1.1"]})
    outside = explain(models, "user", "get Bucket x", context={"aws:SourceIp": ["192.0.2.1"]})
    assert (inside.status, outside.status) == (Status.ALLOWED, Status.REFUSED)


def test_keys_with_several_values_are_given_one_by_one(models: list[Model]) -> None:
    question = "dynamodb:BatchGetItem arn:aws:dynamodb:us-east-1:111122223333:table/Notes"
    own = explain(models, "user", question, context={"dynamodb:LeadingKeys": ["{owner}"]})
    both = explain(models, "user", question, context={"dynamodb:LeadingKeys": ["{owner}", "{other}"]})
    assert (own.status, both.status) == (Status.ALLOWED, Status.REFUSED)


def test_what_the_templates_do_not_show_leaves_a_refusal_undecided() -> None:
    nested = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://example.com/t.json"}}
    answer = asked_of([], "user", "get Bucket x", more={"Inner": nested})
    assert answer.status is Status.UNDECIDED
    assert any("Inner" in note for note in answer.notes)


def test_conditions_of_the_template_that_change_the_answer_are_named() -> None:
    body = template([allow("s3:GetObject", join(BUCKET, "/*"))])
    body["Parameters"] = {"Stage": {"Type": "String"}}
    body["Conditions"] = {"IsDev": {"Fn::Equals": [{"Ref": "Stage"}, "dev"]}}
    statement = body["Resources"]["User"]["Properties"]["Policies"][0]["PolicyDocument"]
    statement["Statement"] = [{"Fn::If": ["IsDev", allow("s3:GetObject", join(BUCKET, "/*")), {"Ref": "AWS::NoValue"}]}]
    answer = explain(models_of(body), "user", "get Bucket x")
    assert answer.status is Status.UNDECIDED
    assert "IsDev is" in answer.sentence


def test_a_route_with_a_token_is_for_users_and_one_without_for_everyone() -> None:
    def route(key: str, **more: object) -> Document:
        return {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": {"Ref": "Api"}, "RouteKey": key, **more},
        }

    api = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP", "Name": "api"}},
        "Users": route("GET /mine", AuthorizationType="JWT"),
        "All": route("GET /news", AuthorizationType="NONE"),
        "Own": route("GET /own", AuthorizationType="CUSTOM"),
    }
    models = models_of(template([], guest=[], more=api))
    statuses = {
        (who, path): explain(models, who, f"call Api GET {path}").status
        for who in ("user", "guest", "internet")
        for path in ("/mine", "/news", "/own")
    }
    assert {key for key, status in statuses.items() if status is Status.ALLOWED} == {
        ("user", "/mine"), ("user", "/news"), ("guest", "/news"), ("internet", "/news"),
    }  # fmt: skip
    assert {key[1] for key, status in statuses.items() if status is Status.UNDECIDED} == {"/own"}


@pytest.mark.parametrize(
    ("who", "question", "message"),
    [
        (
            "nobody",
            "get Documents public/x",
            r"no caller 'nobody'; it has internet \(or anyone\), guest, authenticated \(or user\)",
        ),
        ("editor", "get Documents public/x", r"\(did you mean 'editors'\?\)$"),
        ("user", "fetch Documents public/x", "use get, .*, call, .* or an IAM action"),
        ("user", "get Papers public/x", r"which is not in the template \(Api/HttpApi,"),
        (
            "user",
            "get Documents",
            r"'get Documents' is not a verb, a resource and a place; write one such as 'get Documents public/\*'",
        ),
        ("user", "s3:GetObjekt arn:aws:s3:::Documents/x", "is not an IAM action"),
        ("user", "call Api GET /nowhere", r"which is not in Api/HttpApi \(DELETE /shares/"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_what_does(
    models: list[Model], who: str, question: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        explain(models, who, question)


def test_the_line_of_the_apps_code_is_named_where_the_assembly_says_it(models: list[Model], tmp_path: Path) -> None:
    frames = [
        "...node internals...",
        "at new Auth (/app/node_modules/lib/auth.js:3:1)",
        "DocumentStack (lib/app.ts:12:5)",
    ]
    entries = [{"type": "aws:cdk:logicalId", "data": "X", "trace": frames}]
    metadata = {"/Documents-dev/Auth/AuthenticatedPolicy/Resource": entries}
    manifest = {"artifacts": {"Documents-dev": {"additionalMetadataFile": "m.json"}}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "m.json").write_text(json.dumps(metadata))
    answer = explain(models, "user", "get Documents private/{owner}/x", lines=Lines(tmp_path))
    assert [each.line for each in answer.because] == ["lib/app.ts:12"]


def test_a_value_of_a_request_is_no_wildcard() -> None:
    answer = asked_of([allow("s3:GetObject", join(BUCKET, f"/private/{SUB}/*"))], "user", "get Bucket private/*/x")
    assert answer.status is Status.REFUSED


def test_rows_of_a_table_are_asked_for_by_their_key() -> None:
    keys = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [SUB]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    given = [allow("dynamodb:GetItem", TABLE, Condition=keys)]
    assert asked_of(given, "user", "get Table {owner}").status is Status.ALLOWED
    assert asked_of(given, "user", "get Table {other}").status is Status.REFUSED


def test_everybody_of_the_templates_can_be_asked_about(models: list[Model]) -> None:
    for who in all_callers(models[0]):
        assert dataclasses.is_dataclass(explain(models, who, "get Documents public/x"))


@pytest.mark.parametrize(("own_tag", "status"), [("", Status.REFUSED), ("aaa", Status.ALLOWED)])
def test_who_lacks_a_claim_has_no_tag_but_the_roles_own(own_tag: str, status: Status) -> None:
    body = template([FOLDERS], more=READ_ONLY)
    body["Resources"]["User"]["Properties"]["Tags"] = [{"Key": "tenant", "Value": own_tag}] if own_tag else []
    template_of_tenants = parse_template(json.dumps(body), name="app", source="app.json")
    models = build_model([template_of_tenants], claims={"custom:tenant": FORM})
    question = "get Bucket tenants/aaa/x"
    assert explain(models, "authenticated", question).status is Status.ALLOWED
    assert explain(models, "authenticated without tenant", question).status is status


@pytest.mark.parametrize(
    ("place", "status", "told"),
    [
        ("tenants/{tenant}/x", Status.ALLOWED, "on Bucket tenants/{tenant}/x:"),
        ("tenants/{other tenant}/x", Status.REFUSED, "on Bucket tenants/{other tenant}/x:"),
        ("{owner}/{other}/x", Status.REFUSED, "on Bucket {owner}/{other}/x:"),
    ],
)
def test_tenants_are_asked_for_and_told_by_their_names(place: str, status: Status, told: str) -> None:
    found = parse_template(json.dumps(template([FOLDERS], more=READ_ONLY)), name="app", source="app.json")
    models = build_model([found], claims={"custom:tenant": FORM})
    answer = explain(models, "user", f"get Bucket {place}")
    assert (answer.status, told in answer.sentence) == (status, True), answer.sentence
    with pytest.raises(ValueError, match=r"\{company\} is not defined here: write \{tenant\}, \{other tenant\}"):
        explain(models, "user", "get Bucket tenants/{company}/x")


def test_the_nearest_statement_is_the_one_of_the_likeliest_folder() -> None:
    given = [allow("s3:GetObject", join(BUCKET, f"/{SUB}/{folder}/*")) for folder in ("letters", "photos", "videos")]
    assert "is about Bucket {owner}/photos/*" in asked_of(given, "user", "get Bucket {other}/photos/x").sentence


AMR = "cognito-identity.amazonaws.com:amr"
EVERYTHING = join(BUCKET, "/*")
UNLESS_OWN = {
    "Effect": "Deny",
    "Action": "s3:*",
    "NotResource": join(BUCKET, f"/private/{SUB}/*"),
    "Condition": {"ForAllValues:StringEquals": {AMR: ["authenticated"]}},
}


@pytest.mark.parametrize(
    "statements",
    [
        [allow("s3:GetObject", EVERYTHING, Condition={"ForAnyValue:StringNotEquals": {AMR: "authenticated"}})],
        [allow("s3:GetObject", EVERYTHING), UNLESS_OWN],
    ],
)
def test_a_session_has_its_provider_besides_authenticated_as_in_the_proof(statements: list[Document]) -> None:
    assert asked_of(statements, "user", "get Bucket private/{other}/x").status is Status.ALLOWED


def test_a_condition_on_the_provider_is_undecided_until_the_context_names_it() -> None:
    provider = "cognito-idp.us-east-1.amazonaws.com/us-east-1_x:CognitoSignIn:*"
    by_provider = {"ForAnyValue:StringLike": {AMR: provider}}
    models = models_of(template([allow("s3:GetObject", EVERYTHING, Condition=by_provider)]))
    answer = explain(models, "user", "get Bucket x")
    assert answer.status is Status.UNDECIDED
    assert f"pass --context {AMR}=VALUE" in answer.sentence
    for name, status in ((provider.replace("*", "sub"), Status.ALLOWED), ("accounts.google.com", Status.REFUSED)):
        given = {AMR: ["authenticated", name]}
        assert explain(models, "user", "get Bucket x", context=given).status is status


STREAMS = "arn:aws:logs:us-east-1:111122223333:log-group:{}:log-stream:us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"


@pytest.mark.parametrize(("group", "status"), [("Lines", Status.ALLOWED), ("Other", Status.REFUSED)])
def test_a_log_group_is_the_resource_of_its_logical_id(group: str, status: Status) -> None:
    groups = {name: {"Type": "AWS::Logs::LogGroup", "Properties": {}} for name in ("Lines", "Other")}
    statements = [allow("logs:GetLogEvents", {"Fn::GetAtt": ["Lines", "Arn"]})]
    asked = f"logs:GetLogEvents {STREAMS.format(group)}"
    assert asked_of(statements, "user", asked, more=groups).status is status


@pytest.mark.parametrize("named", [{"Ref": "Secret"}, {"Fn::GetAtt": ["Secret", "Id"]}])
def test_an_arn_that_the_type_does_not_show_is_undecided(named: Document) -> None:
    secret = {"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}}}
    statements = [allow(["secretsmanager:GetSecretValue", "s3:GetObject"], [named, join(BUCKET, "/public/*")])]
    asked = "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:111122223333:secret:Secret-AbCdEf"
    assert asked_of(statements, "user", asked, more=secret).status is Status.UNDECIDED
    assert asked_of(statements, "user", "get Bucket private/x", more=secret).status is Status.REFUSED
