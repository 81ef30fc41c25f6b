"""What functions are told of callers."""

from collections.abc import Callable
from typing import Any

from aws_cdk import Stack

from constructs_lib.api import caller_environment
from constructs_lib.auth import Tenant


def test_functions_learn_what_owners_are_known_by_and_which_role_is_which_group(bench: Any) -> None:
    environment = caller_environment(bench.auth)
    assert environment["OWNER"] == "identity"
    resolved = Stack.of(bench.stack).resolve(environment["GROUP_ROLES"])
    assert resolved == {"Fn::Join": ["", ['{"editors":"', {"Ref": "AuthGroupeditorsRole4DAC2371"}, '"}']]}


def test_without_groups_there_is_nothing_to_tell_of_them(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(groups=[], guests=False, owner="sub")
    assert caller_environment(bench.auth) == {"OWNER": "sub"}


def test_functions_learn_which_claims_tenants_are_known_by(make_bench: Callable[..., Any]) -> None:
    bench = make_bench(groups=[], guests=False, owner="sub", tenant=Tenant())
    assert caller_environment(bench.auth) == {"OWNER": "sub", "CLAIMS": '{"tenant": "custom:tenant"}'}
