"""The questions that the simulator is asked cover who may and who may not, with and without each condition key."""

import json

from constructs_lib.analysis.model.assemble import build_model
from constructs_lib.analysis.template.templates import parse_template
from constructs_lib.verify.proof_requests import ANOTHER, Question, answer, questions
from tests.verify.document_template import document_template

SUB = "cognito-identity.amazonaws.com:sub"


def asked() -> list[Question]:
    template = parse_template(json.dumps(document_template()), name="Documents", source="Documents")
    [model] = build_model([template])
    found = list(questions(model))
    assert all(isinstance(each, Question) for each in found)
    return [each for each in found if isinstance(each, Question)]


def test_every_caller_is_asked_about_every_resource_with_both_answers_where_there_are_both() -> None:
    found = asked()
    answers: dict[tuple[str, str], set[bool]] = {}
    for each in found:
        about = answers.setdefault((each.caller.id, each.holder.name), set())
        about |= {answer(each, action) for action in each.actions}
    assert answers["authenticated", "Documents"] == answers["authenticated", "Notes"] == {True, False}
    assert answers["guest", "Documents"] == {True, False}
    assert answers["guest", "Notes"] == answers["authenticated", "Shares"] == {False}
    callers, holders = {caller for caller, _ in answers}, {holder for _, holder in answers}
    assert set(answers) == {(caller, holder) for caller in callers for holder in holders}


def test_keys_are_left_out_and_given_anothers_value() -> None:
    rows = [each for each in asked() if each.caller.id == "authenticated" and each.holder.name == "Notes"]
    assert any(SUB not in each.context for each in rows)
    assert any(each.context.get(SUB) == ANOTHER for each in rows)
    keys = [each.context.get("dynamodb:leadingkeys", ()) for each in rows]
    assert () in keys
    assert any(ANOTHER in each and len(each) > 1 for each in keys)


def test_what_no_statement_allows_is_asked_too() -> None:
    scans = [each for each in asked() if "dynamodb:Scan" in each.actions]
    assert {each.caller.id for each in scans} >= {"guest", "authenticated", "group:editors"}
    assert not any(answer(each, "dynamodb:Scan") for each in scans)
