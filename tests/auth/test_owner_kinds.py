"""What owners can be known by is one entry, which everything that speaks of owners takes."""

from typing import get_args

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template as Synthesized
from caller import Caller, Kind

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Owner
from constructs_lib.auth.owner_kinds import OWNERS
from constructs_lib.channels import Channels
from constructs_lib.client.construct import ClientConfig
from constructs_lib.database import OwnedTable
from constructs_lib.storage import Storage
from constructs_lib.testing import assert_isolated
from tests.synthesis import CONTEXT, new_function


def test_every_kind_is_a_word_that_options_and_functions_take() -> None:
    assert {*get_args(Owner)} == OWNERS.keys()
    with pytest.raises(ValueError, match=f"is none of {', '.join(OWNERS)}$"):
        Caller(kind=Kind.USER).owner("email")


def test_a_kind_with_a_claim_has_a_tag_that_carries_it_and_guests_have_none() -> None:
    for kind in OWNERS.values():
        assert (kind.claim is None) == (kind.tag is None)
        assert kind.guests is (kind.claim is None)


def test_no_two_kinds_take_one_tag() -> None:
    tags = [kind.tag for kind in OWNERS.values() if kind.tag]
    assert len(tags) == len({*tags})


@pytest.mark.parametrize("owner", OWNERS)
def test_files_rows_routes_and_channels_of_owners_of_each_kind_are_theirs(owner: Owner) -> None:
    stack = Stack(App(context=CONTEXT), "Stack")
    auth = Auth(stack, "Auth", owner=owner)
    mine = allow.owner.to("read", "write", "delete")
    Storage(stack, "Files", auth=auth, access={"private/{owner}/*": [mine]})
    OwnedTable(stack, "Notes", auth=auth, sort_key="note", access=[mine])
    route = Route("GET", "/users/{owner}/notes", new_function(stack), access=[allow.owner])
    Api(stack, "Api", auth=auth, routes=[route])
    rules = [allow.owner.to("subscribe", "publish")]
    Channels(stack, "Channels", auth=auth, access={"/private/{owner}/*": rules})
    ClientConfig(stack, "Config", auth=auth)
    assert_isolated(Synthesized.from_stack(stack))
