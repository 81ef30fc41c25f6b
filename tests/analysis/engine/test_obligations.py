"""Proof obligations, and none if no policy applies."""

from constructs_lib.analysis.engine.obligations import Questions
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.ownership_metadata import OWNED_KEY
from tests.analysis.conftest import BUCKET, SUB, Document, MakeModel, join
from tests.analysis.proof.test_traps import OWN, allow

FOLDER = f"private/{SUB}/*"


def bucket(**more: Document) -> Document:
    return {"Type": "AWS::S3::Bucket", "Metadata": {OWNED_KEY: [FOLDER]}, **more}


def test_a_bucket_that_no_policy_names_costs_no_question(make_model: MakeModel) -> None:
    model = make_model([OWN], more={f"Spare{number}": bucket() for number in range(20)})
    places = find_places(model)
    asked = {place.name for place in places if list(Questions(model.callers[0], model).about(place))}
    assert len(places) == 21
    assert asked == {"Bucket private/{owner}/*"}


def test_a_bucket_whose_made_up_name_a_pattern_may_fit_is_asked_about(make_model: MakeModel) -> None:
    model = make_model([OWN, allow("s3:GetObject", "arn:aws:s3:::my-app-*")], more={"Spare": bucket()})
    (place,) = (each for each in find_places(model) if each.name.startswith("Spare"))
    (asked,) = Questions(model.callers[0], model).about(place)
    assert "may turn out to name" in asked.layers.doubts()[0]


def test_actions_that_policies_treat_alike_are_one_question(make_model: MakeModel) -> None:
    model = make_model([OWN, allow("s3:GetObjectTagging", join(BUCKET, "/public/*"))])
    (place,) = find_places(model)
    asked = [each.actions for each in Questions(model.callers[0], model).about(place)]
    assert asked == [("s3:DeleteObject", "s3:GetObject", "s3:PutObject"), ("s3:GetObjectTagging",)]
