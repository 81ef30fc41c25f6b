"""The pytest plugin: it adds two fixtures and one option, and loads nothing before they are used."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

    from constructs_lib.testing.ledger import Ledger


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--ledger-update`."""
    parser.getgroup("cognito-app").addoption(
        "--ledger-update",
        action="store_true",
        default=False,
        help="Write the ledgers of stateful resources anew; look at the difference before committing it.",
    )


@pytest.fixture
def template_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """A syrupy snapshot of a template, in a separate JSON file, without asset hashes.

    `assert Template.from_stack(stack) == template_snapshot`; a dictionary or a path will do as well. Written and
    rewritten by `pytest --snapshot-update`.
    """
    try:
        from constructs_lib.testing.snapshot import TemplateSnapshotExtension  # noqa: PLC0415 - loads syrupy
    except ModuleNotFoundError as error:
        pytest.fail(
            f"template_snapshot needs {error.name}: pip install 'cognito-app-constructs[testing]'", pytrace=False
        )
    snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    return snapshot.use_extension(TemplateSnapshotExtension)


@pytest.fixture
def stateful_ledger(request: pytest.FixtureRequest) -> Ledger:
    """The committed ledger of stateful resources that belongs to this test.

    `stateful_ledger.check(template)` fails if deploying the template would create a new user pool, or a new and empty
    bucket or table. The file is `__ledger__/<test module>/<test>.json`; `pytest --ledger-update` writes it.
    """
    from constructs_lib.testing.ledger import Ledger  # noqa: PLC0415 - only where a test asks for it

    name = re.sub(r"[^\w.-]+", "_", request.node.name).strip("_")
    path = request.path.parent / "__ledger__" / request.path.stem / f"{name}.json"
    return Ledger(path, update=request.config.getoption("--ledger-update"))
