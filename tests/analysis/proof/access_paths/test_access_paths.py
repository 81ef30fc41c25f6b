"""Grants on owned data are followed to their holders: every access path is found, and safe templates stay proved."""

from collections.abc import Callable

import pytest

from constructs_lib.analysis.proof.findings import Question, Report, Status
from constructs_lib.analysis.proof.prove import Accepted
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.closings import CLOSINGS, recognized
from tests.analysis.proof.access_paths.openings import Names, Opening, applied, of
from tests.analysis.proof.access_paths.openings_by_flow import CLOSED_FLOWS
from tests.analysis.proof.access_paths.openings_by_source import NO_CODE, OPENINGS
from tests.analysis.proof.access_paths.resources_with_code import (
    BOX,
    IAM,
    LOGS,
    PULL,
    RUN,
    association,
    beside,
    build,
    call,
    elsewhere,
    function,
    image,
    job,
    machine_with_init,
    pipeline,
    replicated_image,
    revision,
    rule_that_runs,
    taken,
    task,
    with_role,
)
from tests.analysis.proof.test_traps import OWN, ROWS
from tests.proofs import proof_of

NAMES = Names()


def opened(what: Opening) -> Report:
    return proof_of(applied(template([OWN, ROWS]), NAMES, what))


def followed(report: Report) -> Status:
    """Return the worst result, other than for actions that no review covers: they hide whether a path was followed."""
    found = {each.status for each in report.findings if "no review says" not in each.story}
    return next(each for each in (Status.COUNTEREXAMPLE, Status.UNDECIDED, Status.PROVED) if each in found)


def test_the_template_is_proved_before_anything_is_added() -> None:
    assert proof_of(template([OWN, ROWS])).status is Status.PROVED


@pytest.mark.parametrize("name", OPENINGS)
def test_what_opens_owned_data_is_never_silent(name: str) -> None:
    what = OPENINGS[name](NAMES)
    report = opened(what)
    assert followed(report) in ({Status.COUNTEREXAMPLE} if what.attack else {Status.COUNTEREXAMPLE, Status.UNDECIDED})
    assert all(each.story for each in report.findings if each.status is not Status.PROVED)


@pytest.mark.parametrize("name", CLOSINGS)
def test_what_opens_nothing_stays_proved(name: str) -> None:
    report = opened(CLOSINGS[name](NAMES))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


@pytest.mark.parametrize("name", NO_CODE)
def test_what_takes_no_code_from_where_users_write_stays_proved(name: str) -> None:
    report = opened(NO_CODE[name](NAMES))
    assert report.status is Status.PROVED, [each.story for each in report.findings if each.story]


@pytest.mark.parametrize("name", CLOSED_FLOWS)
def test_what_takes_nothing_of_owned_data_stays_proved(name: str) -> None:
    report = opened(CLOSED_FLOWS[name](NAMES))
    assert followed(report) is Status.PROVED, [each.story for each in report.findings if each.story]


@pytest.mark.parametrize("action", ["rekognition:GetFaceSearch", "rekognition:SearchFaces", "rekognition:FutureAction"])
def test_actions_that_may_use_faces_of_others_do_not_stay_proved(action: str) -> None:
    assert opened(recognized(action)(NAMES)).status is not Status.PROVED


@pytest.mark.parametrize("action", ["rekognition:NewAction", "newservice:Read"])
def test_an_action_that_the_data_does_not_have_is_asked_by_its_name(action: str) -> None:
    found = {each.subject for each in opened(recognized(action)(NAMES)).findings if each.status is Status.UNDECIDED}
    assert action in found
    assert not any("FutureAction" in each for each in found)


def test_trusted_code_is_listed_with_its_reach_and_with_what_makes_it_act() -> None:
    report = opened(CLOSINGS["code behind an open route"](NAMES))
    assert report.trusted == {"Code": ("Bucket private/{owner}/*", "Table {owner}")}
    assert report.drivers == {"Code": ("GET /x of Http (anyone on the internet)",)}
    assert opened(CLOSINGS["code with an open URL"](NAMES)).drivers == {"Code": ("anyone, by its URL",)}
    assert opened(CLOSINGS["a role that nothing here uses"](NAMES)).drivers == {
        "the role Reads": ("lambda.amazonaws.com",)
    }
    assert "Machine" in opened(CLOSINGS["a state machine on a schedule"](NAMES)).trusted
    assert set(opened(CLOSINGS["a distribution that a function signs for"](NAMES)).trusted) == {
        "a holder of the private key of SigningKey, by Dist",
        "Signer, which signs for Dist",
    }
    assert set(opened(CLOSINGS["a distribution for signed requests"](NAMES)).trusted) == {
        "a holder of the private key of keys that no template has, by Dist"
    }
    assert list(opened(CLOSINGS["a service for this account"](NAMES)).trusted) == [
        "logs.amazonaws.com on behalf of ⟦AWS::AccountId⟧"
    ]


def test_what_nobody_has_reviewed_is_named_with_resource_type_and_property() -> None:
    report = opened(OPENINGS["an IoT rule"](NAMES))
    stories = " ".join(each.story for each in report.findings if each.status is Status.UNDECIDED)
    for told in ("Opening (AWS::IoT::TopicRule)", "TopicRulePayload.Actions.S3.RoleArn", "OpeningRole", "private/"):
        assert told in stories


def test_what_is_meant_is_accepted_by_the_name_of_the_resource() -> None:
    body = applied(template([OWN, ROWS]), NAMES, OPENINGS["a Transfer user"](NAMES))
    report = proof_of(body, accepted=[Accepted.parse("Opening:other")])
    assert report.status is Status.PROVED
    assert Status.ACCEPTED in {each.status for each in report.findings}


def test_each_finding_of_a_replica_is_about_the_replica() -> None:
    report = opened(OPENINGS["a_replica_that_users_read"](NAMES))
    attacked = {each.subject for each in report.findings if each.status is Status.COUNTEREXAMPLE}
    assert attacked == {"Copy private/{owner}/*"}


@pytest.mark.parametrize(
    "name",
    ["a role for another account", "a role for everyone", "a role for an OIDC provider", "a role for a SAML provider"],
)
def test_who_may_take_a_role_that_reaches_owned_data_is_told_with_what_it_reaches(name: str) -> None:
    told = [each for each in opened(OPENINGS[name](NAMES)).findings if each.question is Question.ANOTHER_WAY]
    assert any("can take the role Reads, which reaches Bucket private/{owner}/*" in each.story for each in told)


@pytest.mark.parametrize(
    "what",
    [
        function(S3Bucket="BUCKET", S3Key="code/fn.zip"),
        function(S3Bucket="assets-of-mine", S3Key="public/code.zip"),
        elsewhere({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::assets-of-mine/*"}),
        task(Command=["sh", "-c", "FETCH"], where="/other/*"),
        task(Environment=[{"Name": "BUCKET", "Value": "BUCKET"}]),
        task(Environment=[{"Name": "BUCKET", "Value": "BUCKET_ARN"}, {"Name": "ALL", "Value": "ALL"}]),
        taken(
            "lambda.amazonaws.com",
            "AWS::Lambda::Function",
            Role="ROLE",
            Code={"ZipFile": "x"},
            Environment={"Variables": {"NAME": "BUCKET", "WHERE": "BUCKET_ARN"}},
        ),
        job(Command=["FETCH"], where="/other/*"),
        machine_with_init(where="/other/*"),
        beside(RUN, Rule=rule_that_runs("elsewhere/x.sh")),
        beside(BOX, Runs=association("elsewhere/x.sh")),
        beside(BOX, Group=revision("elsewhere/app.zip")),
        image("user", "ecr:BatchGetImage"),
        image({"AWS": "arn:aws:iam::999999999999:root"}, "ecr:BatchGetImage"),
        image({"AWS": {"Ref": "AWS::AccountId"}}),
        image({"Service": "codebuild.amazonaws.com"}),
        replicated_image({"AWS": {"Ref": "AWS::AccountId"}}),
        build(),
        build(Triggers={"Webhook": False}),
        build(Triggers={"Webhook": True, "FilterGroups": [[{"Type": "EVENT", "Pattern": "PUSH"}]]}),
        build(Triggers={"Webhook": True, "FilterGroups": [[*PULL, {"Type": "ACTOR_ACCOUNT_ID", "Pattern": "^1$"}]]}),
        build(Triggers={"Webhook": True, "PullRequestBuildPolicy": {"RequiresCommentApproval": "ALL_PULL_REQUESTS"}}),
        with_role(build(Triggers={"Webhook": True}), LOGS),
        with_role(build(), IAM, Pipe=pipeline("own/src.zip")),
        call("getRole"),
        call("describeUserPoolClient"),
        call("invoke", of("AWS::Lambda::Function", Role="arn")),
        call("putRetentionPolicy", of("AWS::Logs::LogGroup")),
        call("putObject", of("AWS::S3::Bucket"), type_="Custom::Put"),
    ],
    ids=[
        "where users do not write",
        "in another bucket",
        "where users only read",
        "a command",
        "a name",
        "an ARN",
        "a function's variable",
        "a job",
        "init",
        "a rule",
        "an association",
        "a revision",
        "an image that users pull",
        "an image that others pull",
        "an image that the account pushes",
        "an image that builds push",
        "an image that the account replicates",
        "a build",
        "a build without a webhook",
        "a build of pushes",
        "a build of ones own",
        "a build that is approved",
        "a build of pull requests whose role can do nothing",
        "a build of a pipeline whose source users do not write",
        "a call that reads",
        "describes",
        "a call that runs a function",
        "a call about logs",
        "a call that writes an object",
    ],
)
def test_code_that_users_cannot_write_and_calls_that_read_open_nothing(what: Callable[[Names], Opening]) -> None:
    assert opened(what(NAMES)).status is Status.PROVED


def test_a_name_that_two_resources_share_is_each_ones() -> None:
    body = applied(template([OWN, ROWS]), NAMES, OPENINGS["an IoT rule"](NAMES))
    resources = body["Resources"]
    resources["Bucket"]["Properties"] = {"BucketName": "shared-name"}
    resources["Other"] = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "shared-name"}}
    action = resources["Opening"]["Properties"]["TopicRulePayload"]["Actions"][0]["S3"]
    action |= {"BucketName": "shared-name", "RoleArn": "arn:aws:iam::111122223333:role/elsewhere"}
    del resources["OpeningRole"]
    stories = [each.story for each in proof_of(body).findings if each.status is Status.UNDECIDED]
    assert any("Opening (AWS::IoT::TopicRule) holds the name of Bucket" in each for each in stories)
