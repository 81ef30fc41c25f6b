"""MiniStack finds the same protocols and operations in AWS's service models, which are read once."""

from pathlib import Path

import pytest

from tests.local.emulator.conftest import in_emulator

pytestmark = pytest.mark.slow
PROGRAM = """
import botocore.loaders, botocore.session
from emulator import shared_service_models
from ministack.core import iam_actions, responses

NAMES = ("s3", "cognito-idp", "states", "monitoring", "nonesuch")

def seen():
    models = [responses._service_model(name) for name in NAMES]
    protocols = [model and (model.service_name, model.metadata["protocol"]) for model in models]
    return protocols, [sorted(iam_actions._load_botocore_model(name).get("operations", {})) for name in NAMES]

stock = seen()
shared_service_models.check()
shared_service_models.install()
sessions, reads = [], []
opened, load = botocore.session.Session.__init__, botocore.loaders.JSONFileLoader.load_file
botocore.session.Session.__init__ = lambda self: (sessions.append(self), opened(self))[1]
botocore.loaders.JSONFileLoader.load_file = lambda self, path: (reads.append(path), load(self, path))[1]
assert seen() == stock
assert seen() == stock
assert len(sessions) == 1, sessions
models = [path for path in reads if path.endswith("service-2")]
assert len(models) == len(set(models)) >= 4, models
"""


def test_what_is_looked_up_is_the_same_and_is_read_once(tmp_path: Path) -> None:
    in_emulator(PROGRAM, "", tmp_path)
