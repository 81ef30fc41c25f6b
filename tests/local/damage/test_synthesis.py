"""After a damaged assembly, or a CDK that failed, the next `up` works."""

import json
from pathlib import Path

import pytest

from constructs_lib.local import emulator_lifecycle
from tests.local.damage.damages import Damage, Up, a_file, a_folder, holding, name_of

pytestmark = pytest.mark.slow


ASSEMBLY = [
    ("cdk.out", a_file),
    ("cdk.out/manifest.json", holding("{")),
    ("cdk.out/S.assets.json", holding(b"\xff\xfe")),
    ("cdk.out/S.assets.json", a_folder),
    ("cdk.out/assembly-X/deep/S.assets.json", holding(b"\xff")),
    ("cdk.out/asset.half-built/file", holding("x")),
    ("cdk.out/read.1.lock", holding("99999999")),
    ("cdk.out/synth.lock", holding("99999999")),
    ("aws-config-empty", holding("[default]\nregion = x")),
    ("outputs.json", holding("{")),
    ("deployed", a_file),
    ("deployed/us-east-1.S/manifest.json", holding("{")),
    ("deployed/us-east-1.S", a_file),
]


@pytest.mark.parametrize(("name", "damage"), ASSEMBLY, ids=name_of)
def test_a_damaged_assembly_is_synthesized_over(running: Path, up: Up, name: str, damage: Damage) -> None:
    path = running / emulator_lifecycle.FOLDER / name
    if not path.name.startswith("cdk.out") and (running / emulator_lifecycle.FOLDER / "cdk.out").is_file():
        (running / emulator_lifecycle.FOLDER / "cdk.out").unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    damage(path)
    up.succeeds(running)
    assert json.loads((running / emulator_lifecycle.FOLDER / "outputs.json").read_text()) == {"Stack": {"Key": "value"}}


def test_an_assembly_that_is_a_link_is_replaced_and_what_it_leads_to_left_alone(
    running: Path, up: Up, tmp_path: Path
) -> None:
    up.succeeds(running)
    assembly = running / emulator_lifecycle.FOLDER / "cdk.out"
    for each in assembly.iterdir():
        each.unlink()
    assembly.rmdir()
    (tmp_path / "precious").touch()
    assembly.symlink_to(tmp_path)
    up.succeeds(running)
    assert (tmp_path / "precious").exists()


@pytest.mark.parametrize("fault", ["killed in the synthesis", "killed in the deploy", "full in the synthesis",
                                   "full in the deploy", "failed", "outputs cut"])  # fmt: skip
def test_a_cdk_that_was_killed_or_had_no_room_is_said_and_the_next_up_works(running: Path, up: Up, fault: str) -> None:
    said = {"killed": "was killed (signal 9)", "full": "is full; remove files", "failed": "it failed",
            "outputs": "cannot be read"}[fault.split(maxsplit=1)[0]]  # fmt: skip
    (running / "fault").write_text(fault)
    try:
        up.fails_with(running, said)
    finally:
        (running / "fault").unlink()
    up.succeeds(running)
