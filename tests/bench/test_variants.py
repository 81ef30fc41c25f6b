"""What is varied of our app is there to vary, and the floor's ways write what they are given."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from bench import variants
from bench.peers import HERE, OURS
from bench.variants import COMMANDS, FLOOR, KNOBS, Variant

PLAN: Final[dict[str, Any]] = {
    "Resources": {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"VersioningConfiguration": {"Status": "Enabled"}},
            "DeletionPolicy": "Retain",
            "Metadata": {"note": {"empty": {}}},
        },
        "Policy": {
            "Type": "AWS::S3::BucketPolicy",
            "Properties": {
                "Bucket": {"Ref": "Bucket"},
                "PolicyDocument": {"Statement": [{"Action": "s3:*", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}]},
            },
            "DependsOn": ["Bucket"],
        },
    }
}


@pytest.mark.parametrize("variant", [each for each in (*KNOBS, *FLOOR) if each.edits], ids=lambda each: each.name)
def test_what_a_variant_replaces_is_in_app_py(variant: Variant) -> None:
    text = (OURS.folder / "app.py").read_text()
    assert [old for old in variant.edits if old not in text] == []


@pytest.mark.parametrize("table", [KNOBS, FLOOR, COMMANDS], ids=["knobs", "floor", "commands"])
def test_no_two_variants_of_a_table_share_a_name(table: tuple[Variant, ...]) -> None:
    names = [each.name for each in table]
    assert len(names) == len(set(names))


@pytest.mark.slow
@pytest.mark.parametrize("way", ["typed", "shim", "generic", "include", "dict"])
def test_each_way_to_the_floor_writes_the_resources_of_its_plan(tmp_path: Path, way: str) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(PLAN))
    given = {**os.environ, "CDK_OUTDIR": str(tmp_path / "out")}
    (tmp_path / "out").mkdir()
    subprocess.run([sys.executable, str(HERE / "level_one" / "app.py"), way, str(plan)], env=given, check=True)
    [template] = (tmp_path / "out").glob("*.template.json")
    assert json.loads(template.read_text())["Resources"] == PLAN["Resources"]


@pytest.mark.slow
def test_our_app_creates_the_same_resources_without_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(variants, "FLOOR", FLOOR[:2])
    [section] = variants.floor_sections(rounds=1)
    assert [row[0] for row in section.rows] == ["as shipped, validation off", "as shipped, no proof"]
