"""The app's function starts while the users of the story sign up; an app without editors is refused before that."""

import threading
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from constructs_lib.story.users import _editors, _starting_function


def test_the_first_call_of_a_function_is_made_beside_the_sign_ups() -> None:
    called, signed_up = threading.Event(), threading.Event()
    answered: list[str] = []

    def request(method: str, address: str) -> None:
        called.set()
        assert signed_up.wait(10), "the call was waited for"
        answered.append(f"{method} {address}")

    app: Any = SimpleNamespace(guest=lambda: SimpleNamespace(request=request))
    with _starting_function(app, "https://api/shares"):
        assert called.wait(10)
        signed_up.set()
    assert answered == ["GET https://api/shares"]


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "NotAuthorizedException"}}, "GetId"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
        ConnectionError("no"),
    ],
    ids=["the app has no guests", "no identity pool", "no API"],
)
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_app_whose_function_guests_cannot_start_is_accepted(error: Exception) -> None:
    def guest() -> None:
        raise error

    app: Any = SimpleNamespace(guest=guest)
    with _starting_function(app, "https://api/shares"):
        pass


def test_a_pool_without_the_group_of_editors_is_refused_with_a_page_that_works_for_any_app() -> None:
    idp = boto3.client("cognito-idp", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(idp) as stub:
        stub.add_client_error("get_group", "ResourceNotFoundException", "Group editors not found.")
        with pytest.raises(ValueError, match=r"has no group 'editors'; use `cognito-app console`"):
            _editors(idp, "us-east-1_p")
