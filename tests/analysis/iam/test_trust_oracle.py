"""The proof's findings on who may assume a role, against a third-party simulator: random trust policies.

The simulator must allow each attack of the proof, and must deny every request of a principal that is proved safe.
"""

import json
import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.analysis.proof.findings import Finding, Status
from constructs_lib.analysis.proof.trust_policies import trust_findings
from tests.analysis.conftest import template
from tests.analysis.iam.conftest import NODE
from tests.proofs import models_of
from tests.searches import size

Document = dict[str, Any]
CASES = size(400, full=15_000)
TRIES = 12
OWN = "⟦T/Pool⟧"
"""The app's pool, by its name in the model."""
WRITTEN = "us-east-1:11111111-1111-4111-8111-111111111111"
FOREIGN = ["us-east-1:22222222-2222-4222-8222-222222222222", "eu-west-1:33333333-3333-4333-8333-333333333333"]
AUD, AMR, SUB = (f"cognito-identity.amazonaws.com:{name}" for name in ("aud", "amr", "sub"))
PROVIDER = "cognito-idp.us-east-1.amazonaws.com/us-east-1_x"


def text_condition(chance: random.Random, key: str, values: list[str], *, many: bool = False) -> Document:
    qualifier = chance.choice(["ForAnyValue:", "ForAnyValue:", "ForAllValues:"]) if many else ""
    name = chance.choice(["Equals", "Equals", "Like", "Like", "NotEquals", "NotLike", "EqualsIgnoreCase"])
    exists = "" if many else chance.choice(["", "", "", "IfExists"])
    return {f"{qualifier}String{name}{exists}": {key: chance.sample(values, chance.randint(1, 2))}}


def condition(chance: random.Random) -> Document:
    true = chance.choice(["true", "false"])
    absent = chance.choice(["aws:PrincipalArn", "accounts.google.com:aud", "aws:PrincipalOrgID", "sts:ExternalId"])
    names = ["authenticated", "unauthenticated", "auth*", "un*", "*", PROVIDER]
    found: list[tuple[int, Document]] = [
        (40, text_condition(chance, AUD, [OWN, OWN, WRITTEN, "us-east-1:*", "*", "us-east-1:????????-*"])),
        (30, text_condition(chance, AMR, names, many=True)),
        (8, text_condition(chance, "sts:RoleSessionName", ["app", "app-*", "*", "CognitoIdentityCredentials"])),
        (6, {"Null": {chance.choice([AUD, AMR, absent]): true}}),
        (4, {chance.choice(["Bool", "BoolIfExists"]): {"aws:SecureTransport": true}}),
        (4, {chance.choice(["IpAddress", "NotIpAddress"]): {"aws:SourceIp": "10.0.0.0/8"}}),
        (4, text_condition(chance, SUB, [WRITTEN, "us-east-1:*", "*"])),
        (4, text_condition(chance, absent, ["x", "*", "o-1"])),
    ]
    (chosen,) = chance.choices([each for _, each in found], [weight for weight, _ in found])
    return chosen


def statement(chance: random.Random, *, allow: bool) -> Document:
    pools = {"Federated": "cognito-identity.amazonaws.com"}
    others: list[Any] = ["*", {"AWS": "*"}, {"Service": "lambda.amazonaws.com"}, {"Federated": "accounts.google.com"}]
    found: Document = {
        "Effect": "Allow" if allow else "Deny",
        "Principal": pools if chance.random() < 0.85 else chance.choice(others),
        "Action": chance.choice(
            ["sts:AssumeRoleWithWebIdentity"] * 4
            + ["sts:*", "sts:AssumeRole*", "sts:AssumeRole", "sts:assumerolewithwebidentity", "*"]
        ),
    }
    for _ in range(chance.choice([0, 1, 1, 2, 2, 2, 3])):
        for operator, keys in condition(chance).items():
            found.setdefault("Condition", {}).setdefault(operator, {}).update(keys)
    return found


def trust_policy(chance: random.Random) -> Document:
    said = [statement(chance, allow=chance.random() < 0.75) for _ in range(chance.randint(1, 3))]
    return {"Version": "2012-10-17", "Statement": said}


def findings(policy: Document, *, guests: bool, classic: bool) -> list[Finding]:
    """Return the proof's findings on a role with a trust policy that no caller gets."""
    said = json.loads(json.dumps(policy).replace(json.dumps(OWN), json.dumps({"Ref": "Pool"})))
    trusting = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": said}}
    settings = {"AllowUnauthenticatedIdentities": guests, "AllowClassicFlow": classic}
    pool = {"Type": "AWS::Cognito::IdentityPool", "Properties": settings}
    body = template([], guest=[] if guests else None, more={"Extra": trusting, "Pool": pool})
    (model,) = models_of(body)
    return [each for each in trust_findings(model) if each.subject == "role Extra"]


def context(who: str, chance: random.Random) -> Document:
    """Return the context of a principal's request, with random values for keys that the principal chooses."""
    strange = "another identity pool" in who
    guest = "guest" in who
    provider = chance.choice([PROVIDER, "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_y", "graph.facebook.com"])
    providers = [] if guest else chance.sample([provider, f"{provider}:CognitoSignIn:x"], chance.randint(0, 2))
    found: Document = {
        AUD: chance.choice(FOREIGN) if strange else OWN,
        AMR: ["unauthenticated"] if guest else ["authenticated", *providers],
        SUB: chance.choice(["us-east-1:44444444-4444-4444-8444-444444444444", FOREIGN[1]]),
        "sts:RoleSessionName": chance.choice(["app", "app-x", "x", "CognitoIdentityCredentials"]),
        "aws:SourceIp": chance.choice(["10.1.2.3", "192.0.2.1"]),
        "aws:SecureTransport": "true",
    }
    return found


def as_sent(finding: Finding) -> Document:
    assert finding.request is not None
    sent = {name: list(value) if isinstance(value, tuple) else value for name, value in finding.request.context.items()}
    return {name: value for name, value in sent.items() if value != []}


def request(policy: Document, sent: Document) -> Document:
    return {
        "principal": "cognito-identity.amazonaws.com",
        "action": "sts:AssumeRoleWithWebIdentity",
        "resource": "arn:aws:iam::111111111111:role/Extra",
        "context": sent,
        "identity": {"Version": "2012-10-17", "Statement": []},
        "policy": policy,
    }


@pytest.mark.slow
def test_the_simulator_lets_in_whom_the_proof_says_and_nobody_else(simulator: Path) -> None:
    asked: list[tuple[int, Finding, Document]] = []
    answers: Counter[str] = Counter()
    for seed in range(CASES):
        chance = random.Random(seed)  # noqa: S311 - cases, not secrets
        policy = trust_policy(chance)
        for finding in findings(policy, guests=chance.random() < 0.5, classic=chance.random() < 0.5):
            if finding.status is Status.COUNTEREXAMPLE and finding.request is not None:
                asked.append((seed, finding, request(policy, as_sent(finding))))
            elif finding.status is Status.PROVED:
                asked += [(seed, finding, request(policy, context(finding.caller, chance))) for _ in range(TRIES)]
            answers[finding.status] += 1
    script = Path(__file__).parent / "simulator.mjs"
    cases = json.dumps([each for _, _, each in asked])
    run = subprocess.run([NODE / "node", script, simulator], input=cases, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    theirs = json.loads(run.stdout)
    wrong = [
        (seed, finding.caller, finding.status, each)
        for (seed, finding, each), allowed in zip(asked, theirs, strict=True)
        if allowed != (finding.status is Status.COUNTEREXAMPLE)
    ]
    print(f"{CASES} trust policies, {len(asked)} requests, {dict(answers)}, {len(wrong)} answered otherwise")
    assert wrong == []
    assert min(answers[Status.PROVED], answers[Status.COUNTEREXAMPLE]) > CASES / 3
