"""New code for deployed functions without a synth: the built package with the saved files.

The new package is deployed by CloudFormation, with the deployed template and only the package's key changed. The stack
therefore always names the running code, and the next deploy compares with it.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from constructs_lib.local import LocalCloud, LocalCloudError

CODE: Final = frozenset({".py", ".js", ".mjs", ".cjs"})
"""Suffixes of files that are only code. Others, such as `requirements.txt`, determine the content of a package."""
_CAPABILITIES: Final = ("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    """A built package as the CDK published it.

    The folder is its build folder.
    """

    key: str
    bucket: str
    folder: Path


@dataclass(kw_only=True, slots=True)
class Package:
    """A package that functions of a deployed stack run.

    Args:
        stack: Name of the stack.
        functions: Logical IDs of the functions.
        asset: The deployed asset.
        origins: Source file -> its path in the package.
        changed: Path in the package -> its content since the last swap.
    """

    stack: str
    functions: tuple[str, ...]
    asset: Asset
    origins: Mapping[Path, str]
    changed: dict[str, bytes] = field(default_factory=dict)

    def zipped(self) -> bytes:
        """Return the package with its changed files, the same bytes for the same content.

        The bytecode of changed files is omitted, because Python would run it instead of the source.
        """
        output = io.BytesIO()
        with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(self.asset.folder.rglob("*")):
                place = path.relative_to(self.asset.folder).as_posix()
                if path.is_file() and _compiled_from(place) not in self.changed:
                    entry = zipfile.ZipInfo(place)
                    entry.external_attr = path.stat().st_mode << 16
                    archive.writestr(entry, self.changed[place] if place in self.changed else path.read_bytes())
        return output.getvalue()


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def packages_of(cloud: LocalCloud, sources: Mapping[Path, str]) -> list[Package]:
    """Find the packages on a cloud whose code can be swapped, and the source file of each of their files.

    A source file has a path in a package if its own path ends in that path and the contents are equal. A file with an
    ambiguous path has none: if two files could be its source, or if a layer, a version, a nested stack or anything but
    the newest code of a function uses the package. The cloud was just deployed to. `sources` are the project's deployed
    code files, each with the SHA-256 of its content.
    """
    assets = {asset.key: asset for asset in _assets(cloud)}
    found, doubtful = [], set[Path]()
    formation = cloud.session().client("cloudformation")
    places = {key: places_in(asset.folder, sources) for key, asset in assets.items()}
    for stack in cloud.stacks():
        name = stack["StackName"]
        template = {} if "ParentId" in stack else _plain(formation.get_template(StackName=name)["TemplateBody"])
        for key, functions in _functions_by_key(template).items():
            if key in assets:
                asset = assets[key]
                clear, unclear = places[key]
                doubtful |= unclear
                found.append(Package(stack=name, functions=functions, asset=asset, origins=clear))
    swappable = {package.asset.key for package in found}
    for key, (clear, unclear) in places.items():
        if key not in swappable:
            doubtful |= clear.keys() | unclear
    for package in found:
        package.origins = {path: place for path, place in package.origins.items() if path not in doubtful}
    return found


def swap(cloud: LocalCloud, package: Package, files: Iterable[Path]) -> None:
    """Replace saved files in a package, and update its functions.

    The package is one of `packages_of`; the files are saved sources of it.

    Raises:
        LocalCloudError: If the stack cannot be updated; the package is then unchanged.
    """
    # The emulator's own errors are boto3's; the command line must start without it.
    from botocore.exceptions import BotoCoreError, ClientError, WaiterError

    before = dict(package.changed)
    session = cloud.session()
    formation = session.client("cloudformation")
    try:
        package.changed |= {package.origins[path]: path.read_bytes() for path in files}
        body = package.zipped()
        key = f"{hashlib.sha256(body).hexdigest()}.zip"
        template = _plain(formation.get_template(StackName=package.stack)["TemplateBody"])
        for function in package.functions:
            template["Resources"][function]["Properties"]["Code"]["S3Key"] = key
        session.client("s3").put_object(Bucket=package.asset.bucket, Key=key, Body=body)
        stack: Any = formation.describe_stacks(StackName=package.stack)["Stacks"][0]
        formation.update_stack(
            StackName=package.stack,
            TemplateBody=json.dumps(template),
            Capabilities=list(_CAPABILITIES),
            Parameters=[
                {"ParameterKey": each["ParameterKey"], "UsePreviousValue": True} for each in stack.get("Parameters", [])
            ],
        )
        formation.get_waiter("stack_update_complete").wait(
            StackName=package.stack, WaiterConfig={"Delay": 1, "MaxAttempts": 30}
        )
    except (BotoCoreError, ClientError, WaiterError, KeyError, OSError) as error:
        package.changed = before
        raise LocalCloudError(
            f"{package.stack} could not be updated with the new code; see the error: {error}"
        ) from error


def _assets(cloud: LocalCloud) -> Iterator[Asset]:
    """Yield every asset of the deployed assembly that is a folder, including those of its stages."""
    for manifest in (cloud.folder / "cdk.out").rglob("*.assets.json"):
        for file in json.loads(manifest.read_text(encoding="utf-8")).get("files", {}).values():
            folder = manifest.parent / file["source"].get("path", "")
            if file["source"].get("packaging") == "zip" and folder.is_dir():
                for destination in file["destinations"].values():
                    bucket = destination["bucketName"].replace("${AWS::AccountId}", cloud.account)
                    bucket = bucket.replace("${AWS::Region}", cloud.region)
                    yield Asset(key=destination["objectKey"], bucket=bucket, folder=folder)


def _functions_by_key(template: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the functions of each package that only the newest code of functions uses."""
    resources: Mapping[str, Any] = template.get("Resources", {})
    versions = json.dumps([each for each in resources.values() if each["Type"] == "AWS::Lambda::Version"])
    text = json.dumps(template)
    found: dict[str, tuple[str, ...]] = {}
    for name, resource in resources.items():
        key = resource.get("Properties", {}).get("Code", {})
        key = key.get("S3Key") if isinstance(key, dict) and resource["Type"] == "AWS::Lambda::Function" else None
        if isinstance(key, str) and f'"{name}"' not in versions:
            found[key] = (*found.get(key, ()), name)
    return {key: names for key, names in found.items() if text.count(f'"{key}"') == len(names)}


def places_in(folder: Path, sources: Mapping[Path, str]) -> tuple[dict[Path, str], set[Path]]:
    """Return the path of each source file in a built package, and the files whose path is ambiguous."""
    by_name: dict[str, list[Path]] = {}
    for path in sources:
        by_name.setdefault(path.name, []).append(path)
    clear: dict[Path, str] = {}
    doubtful: set[Path] = set()
    for file in folder.rglob("*"):
        if file.name not in by_name or not file.is_file():
            continue
        place = PurePosixPath(file.relative_to(folder).as_posix())
        content = digest_of(file)
        possible = [
            path
            for path in by_name[file.name]
            if path.parts[-len(place.parts) :] == place.parts and sources[path] == content
        ]
        if len(possible) > 1 or not clear.keys().isdisjoint(possible):
            doubtful.update(possible)
        for path in possible:
            clear[path] = str(place)
    return {path: place for path, place in clear.items() if path not in doubtful}, doubtful


def _compiled_from(place: str) -> str | None:
    """Return the path of the source of a bytecode file in its package; None for any other file."""
    path = PurePosixPath(place)
    if path.suffix != ".pyc" or path.parent.name != "__pycache__":
        return None
    return str(path.parents[1] / f"{path.name.partition('.')[0]}.py")


def _plain(template: Any) -> dict[str, Any]:
    """Return a template from boto3, text or parsed, as a dictionary; a YAML template counts as empty.

    The CDK deploys JSON; the YAML one is its bootstrap's.
    """
    try:
        plain: dict[str, Any] = json.loads(template if isinstance(template, str) else json.dumps(template))
    except ValueError:
        return {}
    return plain
