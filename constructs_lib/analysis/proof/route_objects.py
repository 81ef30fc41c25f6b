"""The objects that a route with an owned path serves from a bucket: they belong to the owner of the path.

Source: "Tutorial: Create a REST API as an Amazon S3 proxy", "Integration" (`uri`, Amazon API Gateway API reference): a
URI has the service, or a bucket before it (`bucket.s3`), and then `path/` or `action/`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import partition_name
from constructs_lib.analysis.model.kinds.bucket import Bucket
from constructs_lib.analysis.model.owned_places import value_end, whole
from constructs_lib.analysis.model.places import VARIABLE, Whose
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import route_finding
from constructs_lib.analysis.proof.route_backends import PATH_PARAMETER, lost_path, parameters_of, settings_of
from constructs_lib.analysis.template.atoms import split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding

_SERVICE: Final = 4
"""The index of the service in `arn:aws:apigateway:REGION:SERVICE:path/...`."""
_S3: Final = "s3"
_SLASH: Final = re.compile(r"/(?![^{⟦]*[}⟧])")
"""A slash that is no part of a variable or of a name that no template determines."""
_METHOD: Final = re.compile(r"^(?:[A-Z]+|\*)$")
_WHOLE: Final = re.compile(r"(?:[^{}/]*|\{[^{}]+\})(?:/(?:[^{}/]*|\{[^{}]+\}))*")
"""A key whose parameters are whole segments: others may join to the name of an owner."""


def object_findings(place: Place, route: ApiRoute, where: str, model: Model) -> Iterator[Finding]:
    """Yield a finding for a route that serves objects of which the templates do not determine the owner."""
    if is_of_s3(route) and not lost_path(route) and objects_of(place, route, model) is None:
        story = (
            f"{where} serves {place.name} from a bucket, and the templates do not determine which objects these are: "
            "name the bucket by Ref in its address, and the owner by a path parameter of its own"
        )
        yield route_finding(place, Status.UNDECIDED, "an unknown caller", story)


def objects_of(place: Place, route: ApiRoute, model: Model) -> Place | None:
    """Return the objects that a route serves for an owned path, as a place of their bucket.

    None if it serves others' objects too, or if the templates do not determine which objects these are.
    """
    bucket, key = _object(route)
    holder = model.holder(f"arn:aws:s3:::{bucket}")
    owner = place.owner
    if owner is None or not isinstance(holder, Bucket) or lost_path(route) or not _WHOLE.fullmatch(key):
        return None
    text, part = _key(key, route, place.text), _key(key, route, place.part)
    named = [each for each in VARIABLE.finditer(text) if each.group(1).lower() == owner.key]
    shown = part.rpartition(f"{{{owner.placeholder}}}")
    if not named or not shown[1] or not {*"*?"}.isdisjoint(text[: named[-1].start()]):
        return None
    rest = f"{value_end(text[named[-1].end() :], owner)}*"
    return replace(
        whole(holder), part=f"{shown[0]}{shown[1]}{rest}", text=text[: named[-1].end()] + rest, whose=Whose.OTHERS,
        owner=owner, within=place.within, doubt=place.doubt, implied=True,
    )  # fmt: skip


def is_of_s3(route: ApiRoute) -> bool:
    """Return whether a route calls S3 with a role."""
    parts = split_around_atoms(str(settings_of(route).get("uri")), ":", 5)
    return len(parts) > _SERVICE and parts[2] == "apigateway" and parts[_SERVICE].rpartition(".")[2].lower() == _S3


def _object(route: ApiRoute) -> tuple[str, str]:
    """Return the bucket and the key that the address of a route names, with its parameters; empty if it names none."""
    if not is_of_s3(route):
        return "", ""
    service, called = split_around_atoms(str(settings_of(route)["uri"]), ":", 5)[_SERVICE:]
    bucket = service.rpartition(".")[0]
    how, _, path = called.partition("?")[0].partition("/")
    if how != "path":
        return "", ""
    name, _, key = partition_name(path)
    return (bucket, path) if bucket else (name, key)


def _key(key: str, route: ApiRoute, owned: str) -> str:
    """Return a key with the values of its parameters in the calls of an owned path; a star for what may be any text."""
    segments = _SLASH.split(owned)[1:]
    segments = segments[1:] if segments and _METHOD.match(segments[0]) else segments
    # A star before the owner may be several segments.
    aligned = set("*?").isdisjoint(VARIABLE.sub("", "".join(segments[:-1])))
    values: dict[str, str] = {}
    for index, name in enumerate(route.path.strip("/").split("/") if aligned else ()):
        for parameter in PATH_PARAMETER.findall(name):
            chosen = segments[index:] if name.endswith("+}") else segments[index : index + 1]
            values[parameter] = "/".join(chosen) or "*"
    sources = parameters_of(route)

    def value(match: re.Match[str]) -> str:
        source = sources.get(f"integration.request.path.{match.group(1)}", match.group(1))
        return values.get(source.removeprefix("method.request.path."), "*")

    return PATH_PARAMETER.sub(value, key)
