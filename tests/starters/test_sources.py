"""What starters and the app of `verify` are made of is in the package."""

from pathlib import Path

import pytest

from constructs_lib.starters import source
from tests.starters.conftest import done


@pytest.mark.parametrize("place", ["cdk.json", "lambda_src/shares", "lambda_src/caller.py"])
def test_a_source_is_where_this_repository_has_it(place: str) -> None:
    assert source(place) == Path(__file__).parents[2] / place


@pytest.mark.slow
def test_the_app_of_verify_is_synthesized_where_the_package_is_installed(complete: Path, tmp_path: Path) -> None:
    words: list[str | Path] = [
        tmp_path / "cdk.out",
        "cognito-verify-0123abcd",
        "cognito-app:verify",
        "0123abcd",
        "packages",
        "--local",
    ]
    done([complete / "bin" / "python", "-m", "constructs_lib.ephemeral", *words], tmp_path)
    assert (tmp_path / "cdk.out" / "cognito-verify-0123abcd.template.json").exists()
