"""AWS's service models, which MiniStack looks operations and protocols up in: each is read once, by one session.

Stock MiniStack opens a session of botocore for each service that is called, 20 ms each, and reads each model several
times (1.5.33).
"""

import functools
from typing import Any

import botocore.session
from botocore.exceptions import DataNotFoundError, UnknownServiceError
from ministack.core import iam_actions, responses

from .ministack_interface import expect_attributes, expect_parameters
from .user_pools import requests


def check() -> None:
    """Refuse a MiniStack that reads service models elsewhere."""
    expect_parameters(responses._service_model, "service")
    expect_attributes(responses, "_BOTOCORE_NAME")
    expect_parameters(iam_actions._load_botocore_model, "botocore_service")


def install() -> None:
    """Override the look-ups."""

    @functools.cache
    def session() -> botocore.session.Session:
        opened = botocore.session.Session()
        opened.register_component("data_loader", requests.loader())
        return opened

    @functools.cache
    def service_model(service: str) -> Any:
        try:
            return session().get_service_model(responses._BOTOCORE_NAME.get(service, service))
        except UnknownServiceError:
            return None

    def load_botocore_model(botocore_service: str) -> Any:
        try:
            return requests.loader().load_service_model(botocore_service, "service-2")
        except (DataNotFoundError, UnknownServiceError):
            return {}

    responses._service_model = service_model
    iam_actions._load_botocore_model = load_botocore_model
