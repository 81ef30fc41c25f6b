"""Channel namespaces of AppSync Events. An owned place is a set of channels, which IAM does not distinguish.

The resource of a request is the namespace, and the channel is in a condition key of the model, CHANNEL. After IAM, the
namespace's handler decides: it denies requests that none of its rules allows. For a caller with a token only the
handler decides, so that is a separate resource to which no policy of theirs applies.

A channel contains an identity ID without its region. An identity pool is in one region, so both forms name the same
user, and the model uses the whole ID.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from constructs_lib.actions import CHANNEL_VERBS
from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
from constructs_lib.analysis.model.channel_namespaces import IAM, TOKENS, UNKNOWN, channel_namespaces
from constructs_lib.analysis.model.holder import Endpoint, Holder, Shape, Unsigned
from constructs_lib.analysis.template.atoms import ACCOUNT
from constructs_lib.analysis.template.globs import may_be_equal
from constructs_lib.analysis.template.resource_arns import namespace_arn
from constructs_lib.channel_handlers import ANY, CLAIM, IDENTITY, OWNER_SUB

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.channel_namespaces import ChannelNamespace
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resources
    from constructs_lib.channel_handlers import HandlerRule

CHANNEL: Final = "appsync:channel"
"""The condition key of the model for the channel of a request; AWS has none."""
_ACTIONS: Final = {verb.value: actions[0] for verb, actions in CHANNEL_VERBS.items()}
SIGNED: Final = "/signed"
"""The suffix of a namespace's name for callers who sign requests, if other callers use tokens."""
_IDENTITY: Final = "${cognito-identity.amazonaws.com:sub}"
_AUTH_OF_MODE: Final = {"API_KEY": "api key", "AWS_LAMBDA": "custom", "OPENID_CONNECT": "unknown", UNKNOWN: "unknown"}
_NOT_IAM: Final = frozenset({"API_KEY", "AWS_LAMBDA"})
"""Authorization modes without role and claims: a handler that access rules generate denies them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Channels(Holder):
    """The channels of one namespace, for callers who sign requests or for callers with a token.

    Args:
        namespace: The namespace.
        tokens: Whether it is for callers with a token.
        groups: The groups that distinguish callers of the model.
    """

    kind: ClassVar = "channels"
    rank: ClassVar = 5
    noun: ClassVar = "channel namespace"
    service: ClassVar = "appsync"
    unsigned: ClassVar = Unsigned.HANDLER
    verbs: ClassVar = {action: verb.value for verb, actions in CHANNEL_VERBS.items() for action in actions}
    main: ClassVar = _ACTIONS

    namespace: ChannelNamespace
    tokens: bool = False
    groups: frozenset[str] = frozenset()

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' namespaces."""
        groups = _groups(resources)
        for each in channel_namespaces(resources):
            arn = namespace_arn(str(each.resource.get("ApiId")), str(each.resource.get("Name")))
            both = bool(frozenset[str]().union(*each.modes.values()) & {TOKENS, UNKNOWN})
            for tokens in (False, True) if both else (False,):
                yield cls(
                    arn=arn.replace(":apis/", ":apis-by-token/", 1) if tokens else arn,
                    name=each.resource.name + (SIGNED if both and not tokens else ""),
                    policy=Policy(source="") if tokens else _handler_denials(each, arn),
                    declared=each.resource.owned,
                    opened=each.resource.opened,
                    namespace=each,
                    tokens=tokens,
                    groups=groups,
                )

    def policy_for(self, caller: Caller) -> Policy:
        """Return the policy that decides besides a caller's own policies, or alone for a caller with a token."""
        return self._by_token(caller) if self.tokens else self.policy

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the channels that a statement names."""
        del named
        for condition in statement.conditions:
            if condition.key == CHANNEL:
                yield from ((text, "") for text in condition.values)

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield requests about one channel."""
        del keys, place
        if action in _ACTIONS.values():
            yield Shape(resource=self.arn, keys=1, key=CHANNEL)

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield the entry points without IAM or user pool authorization that the handler does not deny."""
        for verb, modes in self.namespace.modes.items():
            for mode in sorted(modes - {IAM, TOKENS}) if not self.tokens else ():
                if self.namespace.rules is None or mode not in _NOT_IAM:
                    auth = "custom" if self.namespace.doubt else _AUTH_OF_MODE[mode]
                    yield Endpoint(where=f"{verb} by {mode}", auth=auth)

    def describe_part(self, place: Place, name: str) -> str:
        """Return the description of channels in a sentence."""
        return f"{place.whose_in_words}channels {readable(place.part)} of {name}{place.within_in_words}"

    def _by_token(self, caller: Caller) -> Policy:
        source = f"{self.name}, handler"
        statements = tuple(self._token_statements(caller, source)) if caller.signed_in else ()
        return Policy(
            source=source,
            statements=tuple(each for each in statements if not each.doubt),
            possible=tuple(each for each in statements if each.doubt),
            alone=True,
        )

    def _token_statements(self, caller: Caller, source: str) -> Iterator[Statement]:
        """Yield the statements for a caller with a token."""
        namespace = self.namespace
        verbs = [verb for verb, modes in namespace.modes.items() if modes & {TOKENS, UNKNOWN}]
        if namespace.rules is None or namespace.pool_doubt:
            doubt = namespace.doubt or (namespace.pool_doubt if namespace.rules is not None else "")
            yield from (self._allow(verb, "*", source, doubt) for verb in verbs)
        for rule in namespace.rules or ():
            text, doubt = _text(rule, caller) if rule.verb in verbs and rule.kind != "role" else (None, "")
            is_theirs = rule.kind != "group" or rule.name in {caller.group, *caller.role_of}
            if rule.kind == "group" and rule.name not in self.groups:
                doubt = f"{self.name} speaks of the group {rule.name!r}, whose members no role here tells apart"
            if text is not None and (is_theirs or doubt):
                yield self._allow(rule.verb, text, source, doubt)

    def _allow(self, verb: str, channels: str, source: str, doubt: str) -> Statement:
        if TOKENS not in self.namespace.modes[verb]:
            doubt = f"how callers show who they are to {self.name} is not said"
        return Statement(
            allow=True,
            actions=(_ACTIONS[verb],),
            resources=(self.arn,),
            principals=(("Federated", "cognito-identity.amazonaws.com"),),
            conditions=(_condition("stringlike", CHANNEL, (channels,)),),
            doubt=doubt,
            source=source,
        )


def _handler_denials(namespace: ChannelNamespace, arn: str) -> Policy:
    """Return a handler's denials for callers who sign requests, as a policy of the namespace."""
    name = namespace.resource.name
    statements = [
        _deny(arn, verb, f"{name}, authorization modes")
        for verb, modes in namespace.modes.items()
        if not modes & {IAM, UNKNOWN}
    ]
    if namespace.doubt:
        statements += [_deny(arn, verb, f"{name}, handler", doubt=namespace.doubt) for verb in _ACTIONS]
    elif namespace.rules is not None:
        for verb in _ACTIONS:
            statements += _denied(arn, verb, _by_role(namespace.rules, verb), f"{name}, handler")
    return Policy(source=name, statements=tuple(statements))


def _by_role(rules: Iterable[HandlerRule], verb: str) -> dict[str, list[str]]:
    """Return the channels that rules allow each role, as patterns; a signed request has no claims for a handler."""
    channels: defaultdict[str, list[str]] = defaultdict(list)
    for rule in rules:
        known = {IDENTITY: _IDENTITY, ANY: "*"}
        parts = [known.get(segment, segment) for segment in rule.segments]
        if rule.kind == "role" and rule.verb == verb and not any(each.startswith("{") for each in parts):
            channels[rule.name].append(f"{'/'.join(parts)}/*")
    return channels


def _denied(arn: str, verb: str, channels: Mapping[str, list[str]], source: str) -> Iterator[Statement]:
    """Yield the statements that deny a role all channels except those of its rules, and other roles every channel.

    A handler reads the role's name in the ARN of the session, which has no path.
    """
    roles = tuple(arn for name in channels for arn in _arns(name))
    yield _deny(arn, verb, source, *([_condition("stringnotlike", "aws:principalarn", roles)] if roles else []))
    for name, texts in channels.items():
        unsure = [each for each in channels if each != name and may_be_equal(each, name)]
        yield _deny(
            arn,
            verb,
            source,
            _condition("stringlike", "aws:principalarn", _arns(name)),
            _condition("stringnotlike", CHANNEL, tuple(texts)),
            doubt=f"the role {unsure[0]} of a rule may turn out to be {name}" if unsure else "",
        )


def _arns(role: str) -> tuple[str, ...]:
    """Return the ARN of a role as a pattern, without a path and with any."""
    return f"arn:aws:iam::{ACCOUNT}:role/{role}", f"arn:aws:iam::{ACCOUNT}:role/*/{role}"


def _deny(arn: str, verb: str, source: str, *conditions: Condition, doubt: str = "") -> Statement:
    return Statement(
        allow=False,
        actions=(_ACTIONS[verb],),
        resources=(arn,),
        principals=(("*", "*"),),
        conditions=conditions,
        doubt=doubt,
        source=source,
    )


def _condition(operator: str, key: str, values: tuple[str, ...]) -> Condition:
    return Condition(qualifier="", operator=operator, if_exists=False, key=key, values=values)


def _text(rule: HandlerRule, caller: Caller) -> tuple[str | None, str]:
    """Return the channels of a rule for a caller with a token as a pattern, and why it may cover more.

    None if it covers none: a token has no identity ID, and may lack the claim.
    """
    parts: list[str] = []
    doubt = ""
    for segment in rule.segments:
        if segment == IDENTITY:
            return None, ""
        if segment == OWNER_SUB or segment.startswith(CLAIM):
            claim = "sub" if segment == OWNER_SUB else segment.removeprefix(CLAIM)
            name = next((name for name, tag in caller.tags.items() if tag.claim == claim), None)
            if name is None and claim in caller.pool.tags.values():
                return None, ""
            if name is None:
                doubt = f"no principal tag says what the claim {claim!r} of a token is"
            parts.append("*" if name is None else f"${{aws:PrincipalTag/{name}}}")
        else:
            parts.append("*" if segment == ANY else segment)
    return f"{'/'.join(parts)}/*", doubt


def _groups(resources: Resources) -> frozenset[str]:
    """Return the groups that identity pools distinguish by their roles."""
    if not any(each.get("RoleMappings") for each in resources.of("AWS::Cognito::IdentityPoolRoleAttachment")):
        return frozenset()
    groups = resources.of("AWS::Cognito::UserPoolGroup")
    return frozenset(str(each.get("GroupName") or each.logical_id) for each in groups if each.get("RoleArn"))
