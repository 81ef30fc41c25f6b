"""The authorization mode of a namespace and the checks of its handler, from its rules. Pure values.

Only a signed request has an identity ID and a role, and only a token has claims ("AWS AppSync Event API context
reference"): a namespace accepts one of the two, and functions sign their requests to both.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.access import Verb
from constructs_lib.access.language import GUESTS, OWNER, SubjectKind
from constructs_lib.auth.owner_kinds import OWNERS
from constructs_lib.channel_handlers import ANY, CLAIM, IDENTITY, OWNER_SUB, HandlerRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.access import Rule, Subject
    from constructs_lib.channels.paths import ChannelPath


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Callers who sign requests with a role's credentials.

    Args:
        role_name: The role's name.
        subjects: The subjects that its callers act for.
    """

    role_name: str
    subjects: frozenset[Subject]


@dataclass(frozen=True, kw_only=True, slots=True)
class Namespace:
    """The paths of one channel namespace.

    Args:
        name: Its name.
        paths: The rules by path.
        tokens: Whether users authorize with tokens of the user pool. False: they sign their requests.
    """

    name: str
    paths: Mapping[ChannelPath, Sequence[Rule]]
    tokens: bool

    @property
    def needs_handler(self) -> bool:
        """Whether IAM alone cannot enforce the rules."""
        return self.tokens or [len(path.segments) for path in self.paths] != [1]

    def subjects(self, verb: Verb) -> frozenset[Subject]:
        """Return the subjects to which some path grants a verb."""
        return frozenset(rule.subject for rules in self.paths.values() for rule in rules if verb in rule.verbs)

    def verbs(self, caller: Caller) -> frozenset[Verb]:
        """Return the verbs that some path grants a caller's role: none for callers with tokens."""
        mine = (rule for rules in self.paths.values() for rule in rules if rule.subject in self._signing(caller))
        return frozenset[Verb]().union(*(rule.verbs for rule in mine))

    def handler_rules(self, callers: Iterable[Caller], *, owner: str, claims: Mapping[str, str]) -> list[HandlerRule]:
        """Return the rules that the handler enforces.

        The callers are those that sign requests; `owner` is a key of `OWNERS`, and `claims` the claim of each
        placeholder.
        """
        own = {OWNER: _owner_segment(owner)} | {key: f"{CLAIM}{claim}" for key, claim in claims.items()}
        signing = list(callers)
        rules = (
            HandlerRule(segments=path.segments_for(rule, own, opened=ANY), verb=verb.value, kind=kind, name=name)
            for path, rules in sorted(self.paths.items(), key=lambda item: str(item[0]))
            for rule in sorted(rules, key=lambda each: (str(each.subject), str(each.everyone)))
            for verb in sorted(rule.verbs)
            for kind, name in self._who(rule.subject, signing)
        )
        return list(dict.fromkeys(rules))

    def _signing(self, caller: Caller) -> frozenset[Subject]:
        if not self.tokens:
            return caller.subjects
        return frozenset(each for each in caller.subjects if each.kind is SubjectKind.FUNCTION)

    def _who(self, subject: Subject, signing: Sequence[Caller]) -> Iterator[tuple[str, str]]:
        for caller in signing:
            if subject in self._signing(caller):
                yield "role", caller.role_name
        if self.tokens and subject.kind is SubjectKind.GROUP:
            yield "group", subject.name or ""
        elif self.tokens and subject.kind is not SubjectKind.FUNCTION:
            yield "user", ""


def _owner_segment(owner: str) -> str:
    """Return the segment of a handler's rule for the caller's own part of a channel."""
    claim = OWNERS[owner].claim
    return IDENTITY if claim is None else OWNER_SUB if claim == "sub" else f"{CLAIM}{claim}"


def namespaces_of(paths: Mapping[ChannelPath, Sequence[Rule]], *, owner: str) -> list[Namespace]:
    """Group paths by their namespaces.

    `owner` is a key of `OWNERS`.

    Raises:
        ValueError: For a path whose callers would need both a signature and a token, or guests in a namespace that
            requires tokens.
    """
    by_name: defaultdict[str, dict[ChannelPath, Sequence[Rule]]] = defaultdict(dict)
    for path, rules in paths.items():
        if path.claims and OWNER in path.placeholders and OWNERS[owner].claim is None:
            raise ValueError(
                f"channel path {str(path)!r} contains {{{path.claims[0]}}}, a claim of a token, and {{owner}}, the "
                "identity ID of a signed request; use Auth(owner='sub')"
            )
        by_name[path.namespace][path] = rules
    return [_namespace(name, paths_of_name, owner) for name, paths_of_name in sorted(by_name.items())]


def _namespace(name: str, paths: Mapping[ChannelPath, Sequence[Rule]], owner: str) -> Namespace:
    by_token = {
        path: bool(path.claims) or (OWNER in path.placeholders and OWNERS[owner].claim is not None) for path in paths
    }
    if len(set(by_token.values())) > 1:
        one, other = (next(path for path in paths if by_token[path] is way) for way in (True, False))
        raise ValueError(
            f"callers of {str(one)!r} send a token and callers of {str(other)!r} sign their requests, and a namespace "
            "has one authorization type for both; move one of the paths to another namespace"
        )
    tokens = any(by_token.values())
    for path, rules in paths.items():
        guest = next((rule.subject for rule in rules if rule.subject.kind in GUESTS), None)
        if tokens and guest is not None:
            raise ValueError(
                f"the rule for {guest} on {str(path)!r} has no effect, because callers there send a token, which "
                "guests do not have; use a namespace without {owner} or claims for guests"
            )
    return Namespace(name=name, paths=paths, tokens=tokens)
