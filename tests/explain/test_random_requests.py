"""Ten thousand random requests: the answer is the evaluator's, and every suggestion is allowed."""

import random
from dataclasses import replace

import pytest

from constructs_lib.analysis import build_model, load_templates
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.explain.answer import Reason, Status
from constructs_lib.explain.evaluate import answer_of
from constructs_lib.explain.question import holder_of
from constructs_lib.explain.request_context import IDENTITY, context_of
from constructs_lib.explain.sentences import SentenceFormatter
from constructs_lib.explain.sources import Lines
from tests.explain.test_evaluate import DOCUMENTS
from tests.searches import size

pytestmark = pytest.mark.slow
REQUESTS = size(2_000, full=100_000)
OTHER = "us-east-1:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"
ACTIONS = {
    "bucket": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "s3:ListBucketVersions",
               "s3:GetObjectVersion", "s3:GetBucketPolicy", "s3:PutObjectAcl"],
    "table": ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:BatchGetItem", "dynamodb:Scan",
              "dynamodb:PartiQLSelect", "dynamodb:DescribeTable", "dynamodb:UpdateItem"],
    "api": ["execute-api:Invoke"],
    "function": ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl", "lambda:GetFunction"],
}  # fmt: skip


def test_answers_are_the_evaluators_and_suggestions_are_allowed() -> None:
    (model,) = build_model(load_templates(DOCUMENTS))
    words, lines = SentenceFormatter(model), Lines()
    chance = random.Random(11)  # noqa: S311 - cases, not secrets
    people = list(all_callers(model).values())
    suggested = allowed = 0
    for _ in range(REQUESTS):
        caller, holder = chance.choice(people), chance.choice(model.holders)
        context = context_of(caller)
        me = str(context.get(IDENTITY, OTHER))
        person = chance.choice([me, OTHER, "", f"{me}-x"])
        place = chance.choice(["private/", "public/", "", "p"]) + person + chance.choice(["/x", "/", "", "/a/b.txt"])
        if holder.kind == "api":
            call = chance.choice(["GET", "POST", "DELETE"]) + chance.choice(
                ["/shares", "/shares/1", f"/users/{person}/shares/1"]
            )
            place = f"{chance.choice(['$default', 'dev'])}/{call}"
        whole = holder.kind == "table" or chance.random() < 0.3
        if chance.random() < 0.6:
            context["s3:prefix"] = place
        if chance.random() < 0.6:
            context["dynamodb:leadingkeys"] = tuple(chance.sample([me, OTHER, "x"], chance.randint(1, 2)))
        if chance.random() < 0.1:
            context["aws:securetransport"] = "false"
        request = Request(
            action=chance.choice(ACTIONS[holder.kind]),
            resource=holder.arn if whole else f"{holder.arn}/{place}",
            context=context,
        )
        answer = answer_of(caller, request, holder_of(request.resource, model), model, words, lines)
        verdict = caller.verdict(request, holder_of(request.resource, model))
        assert (answer.status is Status.ALLOWED) == verdict.allowed, answer.sentence
        assert answer.status is not Status.UNDECIDED
        assert (answer.reason is Reason.DENIED) == (not verdict.allowed and bool(verdict.because))
        allowed += verdict.allowed
        if answer.suggestion is not None:
            suggested += 1
            found = answer.suggestion
            there = holder_of(found.request.resource, model)
            assert found.caller.verdict(found.request, there).allowed, found.sentence
            assert (found.caller, replace(found.request, principal="")) != (caller, request)
    print(f"{REQUESTS} requests, {allowed} allowed, {suggested} suggestions")
    assert allowed > REQUESTS / 50
    assert suggested > REQUESTS / 6
