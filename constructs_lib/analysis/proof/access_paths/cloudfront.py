"""Owned data that CloudFront serves: by the bucket's grant, the origin, the cache behaviour and the viewers.

Sources: "Restricting access to an Amazon S3 origin", "Serve private content with signed URLs and signed cookies" and
"Cache behavior settings: path pattern" (Amazon CloudFront developer guide).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, starred
from constructs_lib.analysis.proof.access_paths.cloudfront_origins import Behaviour, Origins, behaviours_of
from constructs_lib.analysis.proof.access_paths.findings import counterexample, undecided
from constructs_lib.analysis.proof.access_paths.reachable_resources import as_glob
from constructs_lib.analysis.proof.access_paths.signed_urls import is_signed, signers
from constructs_lib.analysis.proof.findings import Status

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
IDENTITY: Final = "AWS::CloudFront::CloudFrontOriginAccessIdentity"
_LISTS: Final = ("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions")
_USER: Final = "arn:aws:iam::cloudfront:user/"
_RESERVED: Final = re.compile(r"([^A-Za-z0-9._~*?⟦⟧-])")
"""The characters that stay escaped in a path normalised according to RFC 3986."""
_MOST_RESERVED: Final = 11
"""The maximum number of parts between such characters that are checked; beyond it, any path may match."""
_OF: Final = re.compile(r"^arn:aws:cloudfront::[^:]*:distribution/(.*)$")


def is_access_identity(principal: str, reachable: ReachableResources) -> bool:
    """Return whether a principal is a distribution's origin access identity."""
    if principal.startswith(_USER):
        return True
    return any(each.type == IDENTITY and each.is_named_in(principal) for each in reachable.model.resources)


def cloudfront_findings(
    node: Node, statement: Statement, reachable: ReachableResources, principal: str, trusted: dict[str, tuple[str, ...]]
) -> Iterator[Finding]:
    """Yield the callers who reach a bucket's owned objects by a grant to CloudFront."""
    distributions, unknown = _distributions(statement, reachable, principal)
    if unknown:
        make = counterexample if unknown == "any" else undecided
        story = (
            f"any distribution of any account may serve {node}: the statement has no aws:SourceArn"
            if unknown == "any"
            else f"a distribution that is not in the templates may serve {node} ({unknown})"
        )
        yield make("anyone on the internet", node, f"{story}, because of {statement}", statement)
    for each in distributions:
        yield from distribution_findings(each, node, statement, reachable, trusted)


def _distributions(statement: Statement, reachable: ReachableResources, principal: str) -> tuple[list[Resource], str]:
    """Return the distributions a grant is for, and the unknowns about them."""
    every = [each for each in reachable.model.resources if each.type == DISTRIBUTION]
    if principal != "cloudfront.amazonaws.com":
        # An origin that uses an identity names it: one that no origin here names is for another stack's.
        identities = [each for each in reachable.model.resources if each.type == IDENTITY]
        ours = {each.place for each in identities if each.is_named_in(principal) or each.id in principal}
        used = any(ours & reachable.names.within(each.properties, each) for each in every)
        return every, "" if used else principal
    pinned = [
        each.values
        for each in statement.conditions
        if each.key == "aws:sourcearn" and not each.negated and not each.if_exists and each.qualifier != "forallvalues"
    ]
    accounts = [each for each in statement.conditions if each.key == "aws:sourceaccount" and not each.negated]
    if not pinned:
        return every, "any" if not accounts else "any of the account"
    found, unknown = [], ""
    for value in pinned[0]:
        match = _OF.match(value)
        name = match.group(1) if match else value
        matching = [each for each in every if each.id in name or each.is_named_in(name)]
        found += matching
        unknown = unknown or ("" if matching and set("*?").isdisjoint(name) else value)
    return found, unknown


def distribution_findings(
    distribution: Resource,
    node: Node,
    statement: Statement,
    reachable: ReachableResources,
    trusted: dict[str, tuple[str, ...]],
) -> Iterator[Finding]:
    """Yield the callers who reach a bucket's owned objects by one distribution; adds the signers to `trusted`."""
    config = distribution.get("DistributionConfig")
    if not isinstance(config, Mapping):
        story = f"{distribution.name} may serve {node}, and its configuration is not in the template"
        yield undecided("anyone on the internet", node, story, statement)
        return
    if str(config.get("Enabled", True)).lower() == "false":
        return
    origins = Origins(config, node, distribution, reachable)
    if not origins:
        story = f"{distribution.name} may read {node}, and none of its origins is known to be that bucket"
        yield undecided("anyone on the internet", node, story, statement)
    behaviours = list(behaviours_of(config))
    # The address without a path gets the first behaviour whose pattern matches it.
    root = next(each for each in behaviours if globs_meet(each.pattern, ""))
    yield from _listing(distribution, root, origins, node, statement)
    within = f"{node.arn}/"
    keys = [each.removeprefix(within) for each in node.globs or (f"{within}*",) if each.startswith(within)]
    for number, behaviour in enumerate(behaviours):
        before = [each.pattern for each in behaviours[:number]]
        for path, sure in origins.paths_of(str(behaviour.settings.get("TargetOriginId"))):
            for found in _served(distribution, path, behaviour, before, keys, node, statement):
                unsure = f"{found.story}, if that origin and its path are the bucket's"
                yield found if sure else replace(found, status=Status.UNDECIDED, story=unsure)
            signed = is_signed(behaviour.settings)
            if signed and any(_may_serve(path + behaviour.pattern, key, node, statement) for key in keys):
                yield from signers(distribution, behaviour.settings, node, reachable, trusted)


def _listing(
    distribution: Resource, behaviour: Behaviour, origins: Origins, node: Node, statement: Statement
) -> Iterator[Finding]:
    """Yield whether anyone may list the bucket: the distribution's address without a path, and no default root object.

    "CloudFront returns a list of the contents of your origin's bucket" ("Specify a default root object").
    """
    config = distribution.get("DistributionConfig")
    root = str(config.get("DefaultRootObject") or "") if isinstance(config, Mapping) else ""
    paths = [path for path, _ in origins.paths_of(str(behaviour.settings.get("TargetOriginId")))]
    may_list = any(applies_to_action(statement, action) for action in _LISTS)
    bucket = any(globs_meet(as_glob(each), node.arn) for each in statement.resources or ("*",))
    if may_list and bucket and "" in paths and (not root or is_unknown(root)) and not is_signed(behaviour.settings):
        story = (
            f"anyone on the internet may list the names of the objects of {node} at {distribution.name}, which has no "
            f"DefaultRootObject, because of {statement}"
        )
        yield undecided("anyone on the internet", node, story, statement)


def _served(
    distribution: Resource,
    path: str,
    behaviour: Behaviour,
    before: list[str],
    keys: list[str],
    node: Node,
    statement: Statement,
) -> Iterator[Finding]:
    """Yield whether a behaviour serves owned objects to anyone; `before` are the patterns of earlier behaviours."""
    for key in keys:
        if not _may_serve(path + behaviour.pattern, key, node, statement):
            yield from _by_another_path(distribution, path, behaviour, key, node, statement)
        elif is_signed(behaviour.settings):
            return
        elif any(_covers(path + each, key) for each in before):
            yield _unseparated_path(distribution, behaviour, node, statement)
        else:
            yield _open(distribution, behaviour, node, statement)
            return


def _may_serve(path: str, key: str, node: Node, statement: Statement) -> bool:
    """Return whether objects of a path may be owned objects that the bucket's grant allows."""
    path = starred(path)
    granted = [as_glob(each) for each in statement.resources] or ["*"]
    requested = f"{node.arn}/{path}"
    return globs_meet(path, key) and any(
        globs_meet(each, requested) and globs_meet(each, f"{node.arn}/{key}") for each in granted
    )


def _by_another_path(
    distribution: Resource, path: str, behaviour: Behaviour, key: str, node: Node, statement: Statement
) -> Iterator[Finding]:
    """Yield a finding that an open behaviour may serve owned objects by paths that differ from their keys."""
    granted = [as_glob(each) for each in statement.resources] or ["*"]
    if is_signed(behaviour.settings) or not any(globs_meet(each, f"{node.arn}/{key}") for each in granted):
        return
    if behaviour.has_code:
        why = "code at the edge may make another path of it"
    elif any(globs_meet(path + behaviour.pattern, each) for each in _request_forms(key)):
        why = "S3 decodes an escaped character such as %2F"
    else:
        return
    story = (
        f"{distribution.name} may serve owned data of {node} to anyone on the internet by /{behaviour.pattern}: "
        f"{why}, because of {statement}"
    )
    yield undecided("anyone on the internet", node, story, statement)


def _request_forms(key: str) -> Iterator[str]:
    """Yield a key's glob in the forms of requests: patterns are compared with the escaped form."""
    parts = _RESERVED.split(key)
    if len(parts) > _MOST_RESERVED:
        yield "*"
        return
    choices = [
        (part, f"%{ord(part):02X}", f"%{ord(part):02x}") if place % 2 else (part,) for place, part in enumerate(parts)
    ]
    yield from map("".join, itertools.product(*choices))


def _open(distribution: Resource, behaviour: Behaviour, node: Node, statement: Statement) -> Finding:
    config = distribution.get("DistributionConfig")
    where = f"/{behaviour.pattern}" if behaviour.pattern != "*" else "every path"
    story = f"anyone on the internet can fetch owned data of {node} from {distribution.name}: it serves {where}"
    if behaviour.has_code:
        code = f"{story}, unless code at the edge refuses, because of {statement}"
        return undecided("anyone on the internet", node, code, statement)
    settings = [behaviour.settings.get(name) for name in ("TargetOriginId", "TrustedKeyGroups", "TrustedSigners")]
    if is_unknown(f"{behaviour.pattern}{settings}{config.get('Origins')}"):
        unsure = f"{story}, if its undetermined paths, origins and key groups do so, because of {statement}"
        return undecided("anyone on the internet", node, unsure, statement)
    if config.get("WebACLId"):
        return undecided("anyone on the internet", node, f"{story}, unless its firewall refuses", statement)
    return counterexample(
        "anyone on the internet",
        node,
        f"{story} to viewers without a signed URL or cookie (TrustedKeyGroups), because of {statement}",
        statement,
    )


def _unseparated_path(distribution: Resource, behaviour: Behaviour, node: Node, statement: Statement) -> Finding:
    """Return the finding that path patterns do not separate owned data: S3 reads `%2F` in a path as a slash.

    CloudFront selects the behaviour by the path normalised according to RFC 3986, which keeps `%2F`, and sends the
    origin the path as written ("Cache behavior settings", "Path pattern").
    """
    story = (
        f"anyone on the internet may fetch owned data of {node} from {distribution.name} with a path that S3 reads "
        f"as one of theirs and an earlier path pattern does not, such as a%2Fb for a/b, so that "
        f"/{behaviour.pattern} serves it: serve owned data with a separate distribution, or let the bucket's policy "
        f"deny it to {distribution.name}, because of {statement}"
    )
    return undecided("anyone on the internet", node, story, statement)


def _covers(pattern: str, key: str) -> bool:
    """Return whether every text of a glob matches a pattern, judged by the glob's literal start."""
    head, star, rest = pattern.partition("*")
    return bool(star) and not rest and "?" not in head and re.split(r"[*?]", key)[0].startswith(head)
