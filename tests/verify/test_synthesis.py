"""The synthesis of a run's app leaves its assembly and nothing else."""

import pytest

from tests.verify.conftest import Ground


@pytest.mark.slow
def test_no_temporary_file_of_a_synthesis_is_left(ground: Ground) -> None:
    assert (ground.assembly / f"{ground.first.prefix}.template.json").exists()
    assert list(ground.scratch.iterdir()) == []
