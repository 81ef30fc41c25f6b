"""Our own stack is proved isolated, and every slip in its policies that opens access is caught."""

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from constructs_lib.analysis import Model, build_model
from constructs_lib.analysis.engine.automata_engine import CALLER_ID
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.kinds.table import Table
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.prove import prove, replay
from constructs_lib.analysis.template.templates import Template
from stacks.settings import SETTINGS

Document = dict[str, Any]
Templates = Callable[[str], Document]

SUB = "${cognito-identity.amazonaws.com:sub}"
BASE = {"cognito-identity.amazonaws.com:sub": CALLER_ID, "aws:securetransport": "true"}
OTHER = "us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
LISTINGS = [(None, None), ("", None), ("private/", None), (f"private/{OTHER}/", None), (f"private/{OTHER}/", "/")]


def models_of(body: Document) -> list[Model]:
    return build_model([Template(name="Documents", body=body, source="stack")])


@pytest.mark.parametrize("stage", SETTINGS)
def test_the_stack_is_proved_isolated(template_of: Templates, stage: str) -> None:
    report = prove(models_of(template_of(stage)))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]
    assert report.warnings == ()
    assert [each.split(" (")[0] for each in report.owned] == [
        "Documents private/{owner}/*",
        "Notes {owner}",
        "Api/HttpApi $default/DELETE/users/{owner}/*",
    ]


def test_folders_and_rows_stay_owned_when_every_policy_is_loosened_at_once(template_of: Templates) -> None:
    body = json.loads(json.dumps(template_of("prod")))
    for logical_id, resource in body["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith("Auth"):
            body["Resources"][logical_id] = json.loads(json.dumps(resource).replace(SUB, "*"))
    report = prove(models_of(body))
    attacked = {each.subject for each in report.findings if each.status is Status.COUNTEREXAMPLE}
    assert attacked == {"Documents private/{owner}/*"}
    assert any("no caller reaches their own Notes" in warning for warning in report.warnings)


@pytest.mark.slow
def test_every_mutant_that_opens_access_is_caught_and_no_harmless_one_is(template_of: Templates) -> None:
    body = json.loads(json.dumps(template_of("prod")))
    caught, missed, harmless, false_alarms = 0, [], 0, []
    for name, mutant in mutants(body):
        (model,) = models_of(mutant)
        opens = attack(model) is not None
        found = any(
            each.status is Status.COUNTEREXAMPLE
            for each in prove([model]).findings
            if each.question in {Question.OTHERS_DATA, Question.TRUST}
        )
        trust = name.startswith("trust")
        if opens or trust:
            caught += found
            missed += [] if found else [name]
        else:
            harmless += not found
            false_alarms += [name] if found else []
    print(
        f"{caught} opening mutants caught, {len(missed)} missed; {harmless} harmless, {len(false_alarms)} false alarms"
    )
    assert missed == []
    assert false_alarms == []
    assert caught >= 30
    assert harmless >= 10


def mutants(body: Document) -> Iterator[tuple[str, Document]]:
    """Yield the template with one slip each."""
    for logical_id, resource in body["Resources"].items():
        if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith("Auth"):
            document = (logical_id, "Properties", "PolicyDocument")
            yield f"{logical_id}: Version", changed(body, (*document, "Version"), "2008-10-17")
            for index, statement in enumerate(resource["Properties"]["PolicyDocument"]["Statement"]):
                for name, value in slips(statement):
                    yield f"{logical_id}[{index}]: {name}", changed(body, (*document, "Statement", index), value)
        if resource["Type"] == "AWS::IAM::Role" and logical_id.startswith("Auth"):
            for operator in ("StringEquals", "ForAnyValue:StringLike"):
                # That a user takes the guests' role opens nothing.
                if operator == "StringEquals" or "Guest" not in logical_id:
                    trust = (
                        logical_id,
                        "Properties",
                        "AssumeRolePolicyDocument",
                        "Statement",
                        0,
                        "Condition",
                        operator,
                    )
                    yield f"trust {logical_id}: no {operator}", changed(body, trust, None)


def slips(statement: Document) -> Iterator[tuple[str, Document]]:
    """Yield a statement with one slip each: a condition, a resource, an operator or an action."""
    condition = statement.get("Condition", {})
    for operator in condition:
        rest = {key: value for key, value in condition.items() if key != operator}
        yield f"no {operator}", {**statement, "Condition": rest}
        for other in (
            f"{operator}IfExists",
            f"ForAllValues:{operator}",
            operator.replace("ForAllValues:", "ForAnyValue:"),
        ):
            if other != operator and "Null" not in other and other.count(":") < 2:
                yield f"{operator} becomes {other}", {**statement, "Condition": {**rest, other: condition[operator]}}
    text = json.dumps(statement)
    for name, new in (
        ("the owner becomes *", text.replace(SUB, "*")),
        ("the owner's segment is dropped", text.replace(f"{SUB}/", "")),
        ("the last segment is dropped", text.replace(f"{SUB}/*", f"{SUB}*")),
        ("the folder's end is dropped", text.replace("/public/*", "/p*")),
        ("everything after the bucket", text.replace(f"/private/{SUB}/*", "/*").replace(f"private/{SUB}/*", "*")),
        ("equal becomes like, the owner *", text.replace("StringEquals", "StringLike").replace(SUB, "*")),
    ):
        if new != text:
            yield name, json.loads(new)
    actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
    service = actions[0].split(":")[0]
    for action in {"s3": ["s3:*", "s3:GetObjectTagging"], "dynamodb": ["dynamodb:Scan", "dynamodb:*"]}.get(service, []):
        yield f"also {action}", {**statement, "Action": [*actions, action]}
    yield "one action less", {**statement, "Action": actions[1:] or ["s3:GetBucketLocation"]}


def changed(body: Document, path: tuple[Any, ...], value: Any) -> Document:
    """Return the template with one place changed; None deletes it."""
    copied = copy.deepcopy(body)
    place: Any = copied["Resources"]
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copied


def attack(model: Model) -> Request | None:
    """Return a concrete request by which a caller reaches another's data, by trying many with the evaluator alone."""
    for caller in model.callers:
        for request in attacks(model):
            if replay(request, caller, model).allowed:
                return request
    return None


def attacks(model: Model) -> Iterator[Request]:
    """Yield requests for what belongs to another: every action, in every way this test knows to ask."""
    yield from attacks_on_files(model.of(Bucket)[0].arn)
    yield from attacks_on_rows(next(each.arn for each in model.of(Table) if each.name == "Notes"))
    for place in find_places(model):
        if place.kind == "api":
            resource = f"{place.holder}/$default/DELETE/users/{OTHER}/shares/1"
            yield Request(action="execute-api:Invoke", resource=resource, context=BASE)


def attacks_on_files(bucket: str) -> Iterator[Request]:
    for action in catalogue.actions_of("s3"):
        if action in catalogue.LISTING_ACTIONS:
            for prefix, delimiter in LISTINGS:
                context = {"s3:prefix": prefix, "s3:delimiter": delimiter}
                sent = {key: value for key, value in context.items() if value is not None}
                yield Request(action=action, resource=bucket, context={**BASE, **sent})
        elif "object" in catalogue.resource_types(action):
            for key in (f"private/{OTHER}/x", f"private/{OTHER}/{CALLER_ID}/x"):
                yield Request(action=action, resource=f"{bucket}/{key}", context=BASE)
        elif "bucket" in catalogue.resource_types(action) and action not in catalogue.HARMLESS:
            yield Request(action=action, resource=bucket, context=BASE)


def attacks_on_rows(table: str) -> Iterator[Request]:
    for action in catalogue.actions_of("dynamodb"):
        if action in catalogue.HARMLESS or "table" not in catalogue.resource_types(action):
            continue
        requests: list[tuple[str, ...] | None] = [None]
        if action in catalogue.ITEM_ACTIONS:
            requests = [(OTHER,), (CALLER_ID, OTHER)] if action in catalogue.BATCH_ACTIONS else [(OTHER,)]
        elif action in catalogue.PARTIQL_ACTIONS:
            requests = [(OTHER,), None]
        for keys in requests:
            named = {} if keys is None else {"dynamodb:leadingkeys": keys}
            yield Request(action=action, resource=table, context={**BASE, **named})
