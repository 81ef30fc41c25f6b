"""Certificates are kept while they are whole and fit each other and the region, and else made anew."""

from pathlib import Path

import pytest

from constructs_lib.local.emulator.certificates import certificates

REGION = "eu-west-1"
NAMES = ("ca.pem", "server.pem", "server-key.pem")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificates(tmp_path, REGION)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in NAMES}


def test_whole_certificates_are_kept(folder: Path) -> None:
    before = contents(folder)
    certificates(folder, REGION)
    assert contents(folder) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_missing_or_foreign_file_has_all_made_anew(folder: Path, name: str, tmp_path: Path) -> None:
    file = folder / name
    certificates(tmp_path / "other", REGION)
    for damage in (
        lambda: file.write_bytes(file.read_bytes()[:-40]),
        file.unlink,
        lambda: file.write_bytes((tmp_path / "other" / name).read_bytes()),
    ):
        damage()
        before = {path: path.read_bytes() for path in folder.glob("*.pem")}
        certificates(folder, REGION)
        assert contents(folder).keys() == set(NAMES)
        assert not [path for path, content in before.items() if path.read_bytes() == content]


def test_certificates_of_another_region_are_made_anew(folder: Path) -> None:
    before = contents(folder)
    certificates(folder, "us-west-2")
    assert contents(folder) != before
