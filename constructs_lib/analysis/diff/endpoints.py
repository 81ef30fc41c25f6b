"""Routes, function URLs and ACLs whose authorization changes: the callers that gain or lose access."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.diff.changes import Change
from constructs_lib.analysis.engine.policy_layers import layers_of
from constructs_lib.analysis.matrix.endpoints import Endpoint, endpoints
from constructs_lib.analysis.matrix.reachable_parts import answers_at
from constructs_lib.analysis.model.callers import of_kind
from constructs_lib.analysis.model.kinds.api import Api
from constructs_lib.analysis.model.model import all_callers
from constructs_lib.analysis.model.resource_parts import Parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.iam.requests import Request
    from constructs_lib.analysis.matrix.reachable_parts import Answers, Cell
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place

_KEY: Final = "api key"
_INVOKE: Final = "execute-api:Invoke"


class _Reach(IntEnum):
    NONE = 0
    SOME = 1
    ALL = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class _Entry:
    """A caller's access to an endpoint, and the request if IAM decides.

    Attributes:
        reach: The reach by the policies as written.
        request: An allowed request, if IAM decides.
        because: The statements that allow it.
        worst: The reach if the unknown parts of the policies allow access.
        doubts: The unknown parts.
        undecided: Why there is no result; empty if there is one.
    """

    reach: _Reach
    request: Request | None = None
    because: tuple[Statement, ...] = ()
    worst: _Reach = _Reach.NONE
    doubts: tuple[str, ...] = ()
    undecided: str = ""


class _Version:
    """The endpoints of one version by ARN and place, and its callers."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.endpoints: dict[tuple[str, str], list[Endpoint]] = {}
        for endpoint in endpoints(model, by_iam=True):
            self.endpoints.setdefault((endpoint.arn, endpoint.where), []).append(endpoint)

    @cached_property
    def everyone(self) -> dict[str, Caller]:
        return all_callers(self._model)

    @cached_property
    def _regions(self) -> Parts:
        return Parts(self.everyone.values())

    def entry(self, name: str, found: Sequence[Endpoint]) -> _Entry:
        """Return a caller's access to any of the endpoints of one place."""
        who = self.everyone.get(name, self.everyone.get(of_kind(name)))
        if who is None:
            return _Entry(reach=_Reach.NONE)
        if any(endpoint.with_token for endpoint in found) and who.signed_in:
            return _Entry(reach=_Reach.ALL, worst=_Reach.ALL)
        by_iam = next((endpoint for endpoint in found if endpoint.auth == "iam"), None)
        api = None if by_iam is None else self._model.holder(by_iam.arn)
        return _Entry(reach=_Reach.NONE) if by_iam is None or api is None else self._by_iam(who, api, by_iam.where)

    def _by_iam(self, who: Caller, api: Holder, where: str) -> _Entry:
        regions, layers = self._regions.of(api), layers_of(who, who.policy_of(api))
        cells, undecided = _cells(answers_at([layers], who, api, regions))
        reach, request = _reach(cells, regions, where)
        doubts = tuple(layers.doubts())
        worst = reach
        if doubts:
            possible, _ = _cells(answers_at([layers.at_worst()], who, api, regions))
            worst, _ = _reach(possible, regions, where)
        return _Entry(
            reach=reach,
            request=request,
            because=who.verdict(request, api).because if request else (),
            worst=worst,
            doubts=doubts,
            undecided=undecided,
        )


def changed_endpoints(old: Model, new: Model) -> Iterator[Change | str]:
    """Yield the callers with access to an endpoint in one version only, and descriptions of unknown cases."""
    versions = _Version(old), _Version(new)
    for key in dict.fromkeys((*versions[1].endpoints, *versions[0].endpoints)):
        was, now = (each.endpoints.get(key, []) for each in versions)
        endpoint = (now or was)[0]
        opened, opens = (any(each.open for each in found) for found in (was, now))
        if opened != opens:
            yield _change(endpoint, "internet", "Anyone on the internet", gained=opens)
        keyed, keys = ({each.auth for each in found} == {_KEY} for found in (was, now))
        if opened and opens and keyed and not keys:
            yield f"calls of {endpoint.resource} {endpoint.where} need no API key any more: not compared"
        coded, codes = (any(each.auth in {"custom", "unknown"} for each in found) for found in (was, now))
        if codes and not coded:
            yield f"a custom authorizer now decides calls of {endpoint.resource} {endpoint.where}"
        elif coded and not codes and now and not opens:
            yield f"a custom authorizer no longer decides calls of {endpoint.resource} {endpoint.where}: not compared"
        if not (opened or opens or coded or codes) and {each.auth for each in was} != {each.auth for each in now}:
            yield from _by_callers(endpoint, was, now, versions)
    for api in new.holders:
        before = old.holder(api.arn)
        if isinstance(api, Api) and isinstance(before, Api) and before.hidden and not api.hidden:
            yield f"every client can now reach {api.name}: not compared; before, {before.hidden}"


def _by_callers(
    endpoint: Endpoint, was: Sequence[Endpoint], now: Sequence[Endpoint], versions: tuple[_Version, _Version]
) -> Iterator[Change | str]:
    if {each.auth for each in (*was, *now)} == {"iam"}:
        # The route is added or removed; the permissions to call it are compared separately.
        return
    for name in dict.fromkeys((*versions[1].everyone, *versions[0].everyone)):
        before, after = versions[0].entry(name, was), versions[1].entry(name, now)
        who = versions[1].everyone.get(name) or versions[0].everyone[name]
        for undecided in filter(None, (before.undecided, after.undecided)):
            yield f"{who.words}: calling {endpoint.resource} {endpoint.where} is not compared ({undecided})"
        if before.reach != after.reach:
            gained = after.reach > before.reach
            shown = after if gained else before
            both = min(before.reach, after.reach) is _Reach.SOME
            yield _change(endpoint, name, who.words, gained=gained, shown=shown, conditional=both)
        if after.worst > max(before.reach, after.reach):
            doubts = "; ".join(after.doubts)
            what = f"{endpoint.resource} {endpoint.where}"
            yield f"{who.words} may now call {what}, depending on unknown values ({doubts})"


def _cells(answers: Iterator[Answers]) -> tuple[list[Cell], str]:
    found = [each for each in answers if _INVOKE in each.actions]
    return [cell for each in found for cell in each.cells], "; ".join(
        each.undecided for each in found if each.undecided
    )


def _reach(cells: Sequence[Cell], regions: Sequence[Place], where: str) -> tuple[_Reach, Request | None]:
    """Return the reach of a route: all of it if some stage of the API is reached."""
    stages: dict[str, set[int]] = {}
    for number, region in enumerate(regions):
        if region.part == where:
            stages.setdefault(region.text.split("/", 1)[0], set()).add(number)
    inside = [[cell for cell in cells if cell.regions & numbers] for numbers in stages.values()]
    reached = [cell for found in inside for cell in found if cell.allowed(0)]
    if not reached:
        return _Reach.NONE, None
    request = next(request for allowed, request in reached[0].seen.items() if allowed[0])
    whole = any(found and all(cell.allowed(0) for cell in found) for found in inside)
    return (_Reach.ALL if whole else _Reach.SOME), request


def _change(
    endpoint: Endpoint, subject: str, who: str, *, gained: bool, shown: _Entry | None = None, conditional: bool = False
) -> Change:
    request = shown.request if shown else None
    return Change(
        gained=gained,
        subjects=(subject,),
        who=(who,),
        actions=(_INVOKE,) if request else (),
        does="use" if endpoint.where.startswith("ACL ") else "call",
        resource=endpoint.resource,
        where=endpoint.where,
        place=f"{endpoint.resource} {endpoint.where}",
        conditional=conditional,
        request=request,
        because=shown.because if shown else (),
        replayed=True,
    )
