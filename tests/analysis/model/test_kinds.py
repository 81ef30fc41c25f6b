"""A kind of resource is registered by its module, and uses the verbs of the access language."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib import channel_handlers
from constructs_lib.actions import CHANNEL_VERBS, Verb
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.model import channel_namespaces
from constructs_lib.analysis.model import kinds as package
from constructs_lib.analysis.model.kinds import kinds

if TYPE_CHECKING:
    from constructs_lib.analysis.model.holder import Holder

CALL = "call"
"""Verbs of routes and functions, which no rule on data has."""


def test_every_module_has_one_kind() -> None:
    modules = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    assert {each.__module__.rpartition(".")[2] for each in kinds()} == modules
    assert len(kinds()) == len(modules)


def test_channels_know_every_verb_of_channels() -> None:
    verbs = {verb.value for verb in CHANNEL_VERBS}
    assert {*channel_handlers._VERBS} == channel_namespaces._MODES.keys() == verbs


def test_reports_tell_kinds_apart() -> None:
    named = [each.kind for each in kinds()]
    assert len(named) == len({*named})


def test_every_verb_is_shown_by_some_kind() -> None:
    assert {verb for kind in kinds() for verb in kind.main} == {*Verb, CALL}


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_the_actions_of_a_kind_exist_and_its_verbs_do_too(kind: "type[Holder]") -> None:
    assert {*kind.verbs.values()} <= {*Verb, CALL}
    assert kind.main.items() <= {(verb, action) for action, verb in kind.verbs.items()}
    unknown = {each for each in kind.verbs if not catalogue.resource_types(each) and catalogue.access_level(each) == ""}
    assert unknown == set()
