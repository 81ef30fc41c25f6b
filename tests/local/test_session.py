"""Sessions on a local cloud share the loaded service models."""

from typing import Any

from constructs_lib.local.record import Keys
from constructs_lib.local.session import CloudSession


def test_the_services_models_are_read_once_and_found_where_one_session_looks() -> None:
    loaders: list[Any] = []
    for _ in range(3):
        session = CloudSession(
            endpoint_url="http://127.0.0.1:9", region="us-east-1", keys=Keys(access_key="k", secret_key="s")
        )
        session.client("sts")
        loaders.append(session._loader)
    assert loaders[0] is loaders[1] is loaders[2]
    paths = loaders[0].search_paths
    assert len(paths) == len(set(paths))
