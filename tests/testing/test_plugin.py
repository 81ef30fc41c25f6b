"""The plugin in real pytest runs of a team that has installed the library."""

import json
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

HASH = "0123456789abcdef" * 4
SNAPSHOT_TEST = """
def test_template(template_snapshot):
    assert {{"Resources": {{"F": {{"Key": "{hash}.zip", "Memory": {memory}}}}}}} == template_snapshot
"""
LEDGER_TEST = """
def test_ledger(stateful_ledger):
    stateful_ledger.check({{"Resources": {{"{name}": {{"Type": "AWS::Cognito::UserPool"}}}}}})
"""


def test_loading_the_plugin_starts_neither_node_nor_the_analysis() -> None:
    code = (
        "import sys, constructs_lib.testing.plugin\n"
        "heavy = {'aws_cdk', 'jsii', 'syrupy', 'yaml', 'constructs_lib.analysis'}\n"
        "sys.exit(','.join(heavy & sys.modules.keys()) or 0)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_template_snapshot_survives_a_new_asset_and_fails_on_a_change(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(SNAPSHOT_TEST.format(hash=HASH, memory=128))
    pytester.runpytest("--snapshot-update").assert_outcomes(passed=1)
    (file,) = pytester.path.glob("__snapshots__/**/*.template.json")
    assert json.loads(file.read_text()) == {"Resources": {"F": {"Key": "<hash>.zip", "Memory": 128}}}
    module.write_text(SNAPSHOT_TEST.format(hash=HASH[::-1], memory=128))
    pytester.runpytest().assert_outcomes(passed=1)
    module.write_text(SNAPSHOT_TEST.format(hash=HASH, memory=256))
    pytester.runpytest().assert_outcomes(failed=1)


def test_a_ledger_is_written_on_request_and_held_against_the_template(pytester: pytest.Pytester) -> None:
    module = pytester.makepyfile(LEDGER_TEST.format(name="Pool"))
    pytester.runpytest().assert_outcomes(failed=1)
    pytester.runpytest("--ledger-update").assert_outcomes(passed=1)
    assert len(list(pytester.path.glob("__ledger__/*/test_ledger.json"))) == 1
    pytester.runpytest().assert_outcomes(passed=1)
    module.write_text(LEDGER_TEST.format(name="OtherPool"))
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*this update would make new users*"])
