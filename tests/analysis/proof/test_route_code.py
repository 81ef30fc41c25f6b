"""The statements of a caller that count where somebody else may run a route's code."""

from dataclasses import replace

from constructs_lib.analysis.iam.policies import unknown_policy
from constructs_lib.analysis.proof.route_code import rights_of
from tests.analysis.conftest import MakeModel
from tests.analysis.proof.test_traps import OWN


def test_what_a_policy_may_say_counts_as_what_it_says(make_model: MakeModel) -> None:
    caller, *_ = make_model([OWN]).callers
    unknown = unknown_policy("User", "a parameter")
    role = replace(caller.role, policies=(*caller.role.policies, unknown))
    found = list(rights_of(replace(caller, role=role)))
    assert unknown.possible[0] in found
    assert len(found) == len(list(rights_of(caller))) + 1
