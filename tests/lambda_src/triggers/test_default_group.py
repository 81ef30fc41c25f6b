"""Users and events that lead to the group. The examples test its permissions on the local cloud."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from botocore.stub import Stubber

Load = Callable[..., ModuleType]


def event(source: str) -> dict[str, Any]:
    return {"triggerSource": source, "userPoolId": "eu-west-1_Pool", "userName": "ann", "response": {}}


@pytest.fixture
def trigger(load: Load) -> ModuleType:
    return load("default_group", DEFAULT_GROUP="members", AWS_DEFAULT_REGION="eu-west-1")


def test_a_confirmed_user_joins_the_pools_group(trigger: ModuleType) -> None:
    with Stubber(trigger._users) as users:
        expected = {"UserPoolId": "eu-west-1_Pool", "Username": "ann", "GroupName": "members"}
        users.add_response("admin_add_user_to_group", {}, expected)
        confirmed = event("PostConfirmation_ConfirmSignUp")
        assert trigger.handler(confirmed, None) == confirmed
        users.assert_no_pending_responses()


def test_a_reset_password_joins_nothing(trigger: ModuleType) -> None:
    with Stubber(trigger._users):
        reset = event("PostConfirmation_ConfirmForgotPassword")
        assert trigger.handler(reset, None) == reset
