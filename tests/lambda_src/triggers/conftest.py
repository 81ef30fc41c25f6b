"""Loads a trigger's handler as Lambda does: from its folder, with its environment."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

TRIGGERS: Final = Path(__file__).parents[3] / "lambda_src" / "triggers"


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Return a function that loads a trigger with environment variables."""

    def loaded(trigger: str, **environment: str) -> ModuleType:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        spec = importlib.util.spec_from_file_location(f"trigger_{trigger}", TRIGGERS / trigger / "handler.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return loaded
