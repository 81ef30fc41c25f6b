"""The package names what it offers and stays light: a command line needs no CDK.

That a synth needs no boto3 is a test of the document stack, which has the package's construct (tests/budgets).
"""

import subprocess
import sys

import pytest

import constructs_lib.client


def loaded_by(statement: str) -> set[str]:
    program = f"import sys; {statement}; print(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


def test_every_public_name_can_be_imported() -> None:
    for name in constructs_lib.client.__all__:
        assert getattr(constructs_lib.client, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        constructs_lib.client.Nothing  # noqa: B018 - the point is the lookup


def test_settings_and_the_amplify_file_need_neither_boto3_nor_the_cdk() -> None:
    loaded = loaded_by("import constructs_lib.client.amplify, constructs_lib.client.page_server")
    assert not loaded & {"boto3", "aws_cdk", "jsii"}


def test_the_client_needs_no_cdk() -> None:
    assert not loaded_by("from constructs_lib.client import AppClient") & {"aws_cdk", "jsii"}
