"""Opaque texts: names of resources are known to differ, values from outside may be any text."""

import pytest

from constructs_lib.analysis.template.atoms import as_glob, atom, is_unknown

WORDS = ["wildcard", "parameter", "import", "output", "map", "select", "split", "join"]


@pytest.mark.parametrize("word", WORDS)
def test_a_value_from_outside_is_unknown(word: str) -> None:
    assert is_unknown(atom(f"{word} x"))
    assert as_glob(f"a-{atom(f'{word} x')}") == "a-*"


@pytest.mark.parametrize("stack", [*WORDS, "map-service", "imports", "parameters"])
def test_a_resource_is_not_unknown_whatever_the_name_of_its_stack(stack: str) -> None:
    assert not is_unknown(atom(f"{stack}/Bucket"))
