"""What a route with an owned path sends on: policies tie callers to the path, which the code behind must get as it is.

Sources: "Set up an API integration request", "Use a mapping template to override an API's request and response
parameters", "Transform API requests and responses for HTTP APIs", "Create private integrations for HTTP APIs" (Amazon
API Gateway developer guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import is_unknown, loosened
from constructs_lib.analysis.proof.findings import Status
from constructs_lib.analysis.proof.function_permissions import route_finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.routes import ApiRoute
    from constructs_lib.analysis.proof.findings import Finding

PATH_PARAMETER: Final = re.compile(r"(?<!\$)\{([^{}+]*)\+?\}")
_VALUE: Final = re.compile(r"\$\{?((?:request|context|stageVariables)[\w.-]*)\}?")
"""A value of the request, of its context or of the stage in a parameter of an HTTP API."""
_CHANGE: Final = re.compile(r"(?:append|overwrite|remove):(.*)$", re.DOTALL)
_NOT_CHOSEN: Final = ("context.", "stageVariables.")
_PATH: Final = "path"
_ADDRESS: Final = re.compile(r"https?://[^/]*/?([^?]*)", re.IGNORECASE)


def backend_findings(place: Place, route: ApiRoute, where: str) -> Iterator[Finding]:
    """Yield a finding for a route that may serve an owned path by something else than the path of the call."""
    why = lost_path(route)
    if why:
        who = "a caller with permission to call it"
        story = (
            f"{who} may reach another's {place.name} by {where}, which {why}: only a path that is sent on as it is, or "
            "with each of its parameters in their order, keeps callers to their own"
        )
        yield route_finding(place, Status.UNDECIDED, who, story)


def lost_path(route: ApiRoute) -> str:
    """Return how an integration may lose the path of a call, as a verb phrase; empty if it does not."""
    settings, uri = settings_of(route), settings_of(route).get("uri", "")
    if not route.integration or _kind(route) == "MOCK":
        return ""
    if settings.get("subtype"):
        return f"sends {settings['subtype']} what its parameters name"
    if _is_replaced(route):
        return "has parameters or a template that may replace the path"
    path = PATH_PARAMETER.findall(route.path)
    for name, value in parameters_of(route).items():
        if not _keeps(name, value, path):
            return f"sends {value} on as {name}"
    if _gets_the_call(route) or _sent(str(uri), parameters_of(route)) == path:
        return ""
    return f"calls {uri or 'what no template says'}, without the parameters of its path in their order"


def path_sent(route: ApiRoute, called: str) -> str:
    """Return the paths that the code behind a route may get, as a glob without its first slash.

    `called` are the paths of its calls, as a glob.
    """
    if _is_replaced(route):
        return "*"
    overwritten = parameters_of(route).get("overwrite:path")
    if overwritten is not None:
        return loosened(_VALUE.sub("*", overwritten)).lstrip("/")
    if _gets_the_call(route):
        return called
    # A function whose integration is no proxy gets the body of a call as event, or what a template makes of it.
    address = _ADDRESS.match(str(settings_of(route).get("uri", "")))
    return loosened(PATH_PARAMETER.sub("*", address.group(1))) if address else "*"


def settings_of(route: ApiRoute) -> dict[str, Any]:
    """Return the settings of a route's integration, by their names in lower case in every kind of template."""
    return {str(key).lower().removeprefix("integration"): value for key, value in route.integration.items()}


def _kind(route: ApiRoute) -> str:
    return str(settings_of(route).get("type", "")).upper()


def parameters_of(route: ApiRoute) -> dict[str, str]:
    """Return what a route's integration makes of a call, by the part of the request that it sends."""
    given = settings_of(route).get("requestparameters")
    return {str(key): str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}


def _is_replaced(route: ApiRoute) -> bool:
    """Return whether a template, or parameters that no template determines, may replace the path."""
    given, templates = (settings_of(route).get(name) or {} for name in ("requestparameters", "requesttemplates"))
    return not isinstance(given, Mapping) or "override" in str(templates).lower() or is_unknown(str(templates))


def listener_of(route: ApiRoute) -> str:
    """Return the listener or service to which an HTTP API passes a call as it is; empty if it does not."""
    settings, uri = settings_of(route), str(settings_of(route).get("uri", ""))
    private = _kind(route) == "HTTP_PROXY" and str(settings.get("connectiontype")).upper() == "VPC_LINK"
    # The URI of a REST API is an address.
    named = uri.startswith("arn:") or ("IntegrationUri" in route.integration and not uri.lower().startswith("http"))
    return uri if private and named else ""


def _gets_the_call(route: ApiRoute) -> bool:
    """Return whether the code behind a route gets the call with its whole path: a function, or a listener."""
    return _kind(route) == "AWS_PROXY" or bool(listener_of(route))


def _keeps(name: str, value: str, path: Sequence[str]) -> bool:
    """Return whether a parameter of an integration leaves the path, and what else says who calls, as it is."""
    change = _CHANGE.match(name)
    if change is None:
        # `_sent` compares the parameters of a path.
        to, of = name.removeprefix("integration.request."), value.removeprefix("method.request.")
        return to.startswith(f"{_PATH}.") or value.startswith(("'", *_NOT_CHOSEN)) or of == to
    chosen = [each for each in _VALUE.findall(value) if not each.startswith(_NOT_CHOSEN)]
    if change.group(1) == _PATH:
        same = [f"request.path.{each}" for each in path]
        return chosen in (["request.path"], same) and not is_unknown(value)
    return all(each == f"request.{change.group(1)}" for each in chosen)


def _sent(uri: str, parameters: Mapping[str, str]) -> list[str]:
    """Return the parameters of a route's path that the path of a URI has, in their order there."""
    named = PATH_PARAMETER.findall(uri.partition("?")[0])
    sources = (parameters.get(f"integration.request.path.{each}", f"method.request.path.{each}") for each in named)
    return [each.removeprefix("method.request.path.") for each in sources]
