"""Annotations are resolved however their module was loaded."""

import sys
from types import SimpleNamespace

import botocore.session
import pytest

from constructs_lib import type_hints
from constructs_lib.api.caller_environment import caller_environment
from constructs_lib.auth import Auth
from constructs_lib.client.observer import Observer


def test_names_for_type_checkers_are_found_where_the_loader_gives_out_no_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As pytest's own, by which it loads the library where that is installed: it brings a plugin."""
    type_hints._imports_for_types.cache_clear()
    module = sys.modules["constructs_lib.api.caller_environment"]
    monkeypatch.setattr(module, "__spec__", SimpleNamespace(loader=object()))
    assert type_hints.annotation_of(caller_environment.__wrapped__, "auth", None) is Auth  # type: ignore[attr-defined] # `checked` sets it


def test_a_dotted_import_for_type_checkers_is_found_by_its_first_name() -> None:
    assert type_hints.annotation_of(Observer.attach, "session", None) is botocore.session.Session
