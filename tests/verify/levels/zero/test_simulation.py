"""The simulator's decisions equal the evaluator's for the proof's requests, on the local cloud."""

import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.local import LocalCloud
from constructs_lib.verify.finding import Finding, Outcome
from constructs_lib.verify.levels.zero import simulation
from constructs_lib.verify.proof_requests import questions
from constructs_lib.verify.run import Run
from tests.verify.conftest import Ground
from tests.verify.document_template import STACK, context, document_template

pytestmark = pytest.mark.slow
SOME = 30
"""The number of questions for tests with altered decisions: guests' and some of users', about the bucket."""
SUB = "${cognito-identity.amazonaws.com:sub}"


@pytest.fixture
def cloud(ground: Ground) -> LocalCloud:
    return ground.cloud


def findings(cloud: LocalCloud, folder: Path, template: dict[str, Any], **hooks: Any) -> list[Finding]:
    """Run the check with hooks on the simulator's calls."""
    session = cloud.session()
    for event, hook in hooks.items():
        session.events.register(f"{event.replace('_', '-')}.iam.SimulateCustomPolicy", hook)
    account = session.client("sts").get_caller_identity()["Account"]
    run = Run.begin(account=account, region=session.region_name or "us-east-1", local=True)
    return list(simulation.run(context(folder, session, {STACK: template}, run=run)))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate only the first questions."""
    monkeypatch.setattr(simulation, "questions", lambda model: islice(questions(model), SOME))


def by_outcome(found: list[Finding], outcome: Outcome) -> list[Finding]:
    return [each for each in found if each.outcome is outcome]


def test_every_request_of_the_document_app_is_decided_alike(cloud: LocalCloud, tmp_path: Path) -> None:
    """By the emulator's evaluation and by the proof's: two that share no code."""
    found = findings(cloud, tmp_path, document_template())
    counts = Counter(each.outcome for each in found)
    assert counts[Outcome.DIFFERS] == counts[Outcome.FAILED] == 0
    alike = sum(int(match.group(1)) for each in found if (match := re.search(r": (\d+) requests", each.what)))
    assert alike > 600
    unasked = [each.what for each in by_outcome(found, Outcome.NOT_CHECKED)]
    assert [each for each in unasked if "session policy" in each or "resource policy of Documents" in each] == unasked[
        ::2
    ]


@pytest.mark.usefixtures("few")
def test_a_policy_that_the_cloud_reads_more_widely_differs_with_the_input_that_shows_it(
    cloud: LocalCloud, tmp_path: Path
) -> None:
    def widen(params: dict[str, Any], **_: Any) -> None:
        params["PolicyInputList"] = [each.replace(SUB, "*") for each in params["PolicyInputList"]]

    found = by_outcome(findings(cloud, tmp_path, document_template(), provide_client_params=widen), Outcome.DIFFERS)
    assert any("a signed-in user: s3:GetObject on Documents is allowed" in each.what for each in found)
    asked = json.loads(found[0].detail.partition(": ")[2])
    assert set(asked) >= {"PolicyInputList", "ActionNames", "ResourceArns"}


@pytest.mark.usefixtures("few")
def test_one_other_decision_is_one_difference(cloud: LocalCloud, tmp_path: Path) -> None:
    turned: list[str] = []

    def turn(parsed: dict[str, Any], **_: Any) -> None:
        for result in parsed["EvaluationResults"]:
            for each in result["ResourceSpecificResults"]:
                if not turned and each["EvalResourceDecision"] == "allowed":
                    turned.append(each["EvalResourceName"])
                    each["EvalResourceDecision"] = "implicitDeny"

    [found] = by_outcome(findings(cloud, tmp_path, document_template(), after_call=turn), Outcome.DIFFERS)
    assert found.what.endswith("is implicitDeny; the evaluator's decision is allowed")


@pytest.mark.usefixtures("few")
def test_an_answer_without_an_action_is_no_agreement(cloud: LocalCloud, tmp_path: Path) -> None:
    def forget(parsed: dict[str, Any], **_: Any) -> None:
        parsed["EvaluationResults"] = []

    found = findings(cloud, tmp_path, document_template(), after_call=forget)
    assert not by_outcome(found, Outcome.AGREES)
    assert len(by_outcome(found, Outcome.FAILED)) == SOME


@pytest.mark.usefixtures("few")
def test_policies_that_the_templates_do_not_spell_out_are_not_checked(cloud: LocalCloud, tmp_path: Path) -> None:
    template = document_template()
    role = next(each for name, each in template["Resources"].items() if name.startswith("AuthGuestRole"))
    role["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::111122223333:policy/elsewhere"]
    found = by_outcome(findings(cloud, tmp_path, template), Outcome.NOT_CHECKED)
    assert [each for each in found if each.what == "the requests of a guest" and "elsewhere" in each.detail]
