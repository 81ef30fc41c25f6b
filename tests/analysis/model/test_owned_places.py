"""Places that count as owned, including a folder that is tied to its owner only in listings."""

from dataclasses import replace

from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.owned_places import find_places
from constructs_lib.analysis.proof.findings import Question, Status
from constructs_lib.analysis.proof.prove import prove
from tests.analysis.conftest import BUCKET, SUB, Document, MakeModel, join


def listing(*prefixes: str) -> Document:
    condition = {"StringLike": {"s3:prefix": list(prefixes)}}
    return {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": BUCKET, "Condition": condition}


def objects(place: str) -> Document:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": join(BUCKET, place)}


def test_a_folder_tied_to_its_owner_by_its_listing_only_is_owned(make_model: MakeModel) -> None:
    model = make_model([listing(f"private/{SUB}/*", "public/*")])
    assert [place.name for place in find_places(model)] == ["Bucket private/{owner}/*"]
    assert prove([model]).status is Status.PROVED


def test_objects_of_a_folder_tied_by_its_listing_only_are_not_open_to_others(make_model: MakeModel) -> None:
    report = prove([make_model([listing(f"private/{SUB}/*"), objects("/private/*")])])
    attacks = [each for each in report.findings if each.status is Status.COUNTEREXAMPLE]
    assert {(each.question, each.actions) for each in attacks} == {(Question.OTHERS_DATA, ("s3:GetObject",))}


def test_a_folder_named_by_objects_and_listing_is_one(make_model: MakeModel) -> None:
    model = make_model([listing(f"private/{SUB}", f"private/{SUB}/*"), objects(f"/private/{SUB}/*")])
    assert [place.name for place in find_places(model)] == ["Bucket private/{owner}/*"]


def test_a_place_made_for_owners_that_names_none_is_an_attack(make_model: MakeModel) -> None:
    """A compiler that omits the owner omits them in the metadata too: without owned places, nothing is checked."""
    model = make_model([objects("/private/*")])
    [bucket] = model.of(Bucket)
    report = prove([replace(model, holders=(replace(bucket, declared=("private/*/*",)),))])
    attacks = [each for each in report.findings if each.status is Status.COUNTEREXAMPLE]
    assert [(each.subject, each.request) for each in attacks] == [("Bucket private/*/*", None)]
    assert report.status is Status.COUNTEREXAMPLE
