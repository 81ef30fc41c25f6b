"""An Event API with access rules for its channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Stack
from aws_cdk import aws_appsync as appsync
from constructs import Construct

from constructs_lib.access import Rule, Statement, Subject, SubjectKind, Verb
from constructs_lib.access.language import OWNERS, caller_of, kept_by
from constructs_lib.actions import CHANNEL_CONNECT, CHANNEL_VERBS
from constructs_lib.argument_checks import checked
from constructs_lib.channel_handlers import write_handler
from constructs_lib.channels.namespaces import Caller, Namespace, namespaces_of
from constructs_lib.channels.paths import parse_channels
from constructs_lib.ownership_metadata import OPENED_KEY, OWNED_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam

    from constructs_lib.auth import Auth

_IAM: Final = appsync.AppSyncAuthorizationType.IAM
_TOKENS: Final = appsync.AppSyncAuthorizationType.USER_POOL
_MAX_NAME: Final = 50
_MAX_ROLE_NAME: Final = 64
_MAX_CODE: Final = 32768
"""The maximum length of a namespace's code (AppSync API reference, `ChannelNamespace`)."""


@checked
class Channels(Construct):
    """Real-time channels on AppSync Events. Clients subscribe and publish only through the rules in `access`.

    A path ends in `/*` and covers every channel below it; its first name is an AppSync channel namespace. IAM
    authorizes namespaces; a handler generated from the rules authorizes the channels in them. Paths with `{tenant}`,
    another claim, or `{owner}` under `Auth(owner="sub")` require a token of the user pool; for all others requests are
    signed with the credentials of the identity pool. Under `Auth(owner="identity")` the segment for `{owner}` is the
    identity ID without its region, because a channel cannot contain a colon.

    A subscription is authorized when it is created, and not again: it lives until the connection ends, regardless of
    later changes to the caller's session or groups.

    It has no cost while idle.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth whose guests, users and groups the rules name.
        access: Rules by path, such as `{"/private/{owner}/*": [allow.owner.to("subscribe", "publish")]}`. Channels
            without a rule are closed. Functions publish by `allow.function(...)`, with `everyone=True` if the path is
            owned.

    Raises:
        ValueError: For a bad path, a rule that would implicitly open an owner's channels, a subject that the Auth does
            not have, paths that share channels, a function without a role, or more rules than fit AppSync's limit of
            32,768 characters of code.

    Attributes:
        api: The Event API.
        namespaces: The channel namespaces, by name.
        url: The address for publishing over HTTP, which begins with `https://` and ends in `/event`.
    """

    def __init__(self, scope: Construct, id: str, *, auth: Auth, access: Mapping[str, Sequence[Rule]]) -> None:
        super().__init__(scope, id)
        paths = parse_channels(access, auth.forms)
        rules = [rule for rules_of_path in paths.values() for rule in rules_of_path]
        for rule in rules:
            auth.check_subject(rule.subject)
        auth.check_reach(self)
        self._auth = auth
        self._namespaces = namespaces_of(paths, owner=auth.owner)
        self._with_tokens = any(each.tokens for each in self._namespaces)
        self._user_callers = [
            (Caller(role_name=role.role_name, subjects=subjects), role) for subjects, role in auth.callers()
        ]
        self._functions = [
            Caller(role_name=_role_name(subject), subjects=frozenset({subject}))
            for subject in dict.fromkeys(rule.subject for rule in rules)
            if subject.kind is SubjectKind.FUNCTION
        ]
        self.api = self._create_api()
        self.namespaces: Mapping[str, appsync.ChannelNamespace] = {
            each.name: self._create_namespace(each) for each in self._namespaces
        }
        self.url: str = f"https://{self.api.http_dns}/event"
        self._grant()

    @property
    def default_authorization_type(self) -> str:
        """The default authorization type of Amplify's client: `AWS_IAM` if any channel accepts it."""
        signed = any(not each.tokens for each in self._namespaces)
        return "AWS_IAM" if signed else "AMAZON_COGNITO_USER_POOLS"

    def _create_api(self) -> appsync.EventApi:
        providers = [appsync.AppSyncAuthProvider(authorization_type=_IAM)]
        if self._with_tokens:
            clients = "|".join(client.user_pool_client_id for client in self._auth.clients.values())
            config = appsync.AppSyncCognitoConfig(user_pool=self._auth.user_pool, app_id_client_regex=f"^({clients})$")
            providers.append(appsync.AppSyncAuthProvider(authorization_type=_TOKENS, cognito_config=config))
        return appsync.EventApi(
            self,
            "Api",
            api_name=self.node.path.replace("/", "-")[-_MAX_NAME:],
            authorization_config=appsync.EventApiAuthConfig(
                auth_providers=providers,
                connection_auth_mode_types=[_IAM, _TOKENS] if self._with_tokens else [_IAM],
                # A namespace that is added later without these settings is closed: no policy names it.
                default_publish_auth_mode_types=[_IAM],
                default_subscribe_auth_mode_types=[_IAM],
            ),
        )

    def _create_namespace(self, namespace: Namespace) -> appsync.ChannelNamespace:
        made = appsync.ChannelNamespace(
            self,
            f"Namespace-{namespace.name}",
            api=self.api,
            channel_namespace_name=namespace.name,
            code=appsync.Code.from_inline(self._code(namespace)) if namespace.needs_handler else None,
            authorization_config=appsync.NamespaceAuthConfig(
                publish_auth_mode_types=_modes(namespace, Verb.PUBLISH),
                subscribe_auth_mode_types=_modes(namespace, Verb.SUBSCRIBE),
            ),
        )
        if owned := self._owned(namespace):
            child: Any = made.node.default_child
            child.add_metadata(OWNED_KEY, owned)
            if opened := self._opened(namespace):
                child.add_metadata(OPENED_KEY, opened)
        return made

    def _code(self, namespace: Namespace) -> str:
        claims = {key: claim.claim for key, claim in self._auth.claims.items()}
        callers = [*(caller for caller, _ in self._user_callers), *self._functions]
        rules = namespace.handler_rules(callers, owner=self._auth.owner, claims=claims)
        code = write_handler(rules)
        # A role's name is not known yet.
        size = len(code) + _MAX_ROLE_NAME * sum(rule.kind == "role" for rule in rules)
        if size > _MAX_CODE:
            raise ValueError(
                f"the rules of namespace {namespace.name!r} have {size} characters, and an AppSync handler has at "
                f"most {_MAX_CODE}; move some of its paths to another namespace"
            )
        return code

    def _owned(self, namespace: Namespace) -> list[str]:
        """Record the owned channels in the template, against which the proof checks the handler."""
        return sorted(
            path.pattern(self._auth.variables)
            for path, rules in namespace.paths.items()
            if path.claims or any(rule.subject.kind in OWNERS for rule in rules)
        )

    def _opened(self, namespace: Namespace) -> list[dict[str, Any]]:
        """Record the callers who may access other owners' channels, so that the proof accepts it."""
        return [
            {
                "place": path.pattern(self._auth.variables),
                "caller": caller_of(caller.subjects),
                "actions": sorted(action for verb in rule.verbs for action in CHANNEL_VERBS[verb]),
                **({"within": list(path.placeholders[:kept])} if (kept := kept_by(path.placeholders, rule)) else {}),
            }
            for caller, _ in self._user_callers
            for path, rules in namespace.paths.items()
            for rule in rules
            if rule.everyone and rule.subject in caller.subjects
        ]

    def _grant(self) -> None:
        arn = Stack.of(self).format_arn(service="appsync", resource="apis", resource_name=self.api.api_id)
        given: dict[iam.IRole, list[Statement]] = {
            role: self._statements(caller, arn) for caller, role in self._user_callers
        }
        self._auth.allow_roles(self, given)
        for caller in self._functions:
            (subject,) = caller.subjects
            self._auth.grant(self, subject, self._statements(caller, arn))

    def _statements(self, caller: Caller, arn: str) -> list[Statement]:
        """Return the statements of a role; a function that only publishes needs no connection."""
        verbs = {each.name: each.verbs(caller) for each in self._namespaces}
        statements = [
            Statement(
                actions=CHANNEL_VERBS[verb],
                resources=tuple(f"{arn}/channelNamespace/{name}" for name, may in verbs.items() if verb in may),
            )
            for verb in CHANNEL_VERBS
            if any(verb in may for may in verbs.values())
        ]
        publishes_only = not any(Verb.SUBSCRIBE in may for may in verbs.values()) and caller in self._functions
        if statements and not publishes_only:
            statements.append(Statement(actions=(CHANNEL_CONNECT,), resources=(arn,)))
        return statements


def _modes(namespace: Namespace, verb: Verb) -> list[appsync.AppSyncAuthorizationType]:
    """Return the authorization modes of a verb; without callers, IAM, which then allows none."""
    subjects = namespace.subjects(verb)
    functions = {each for each in subjects if each.kind is SubjectKind.FUNCTION}
    if not namespace.tokens or subjects == functions:
        return [_IAM]
    return [_IAM, _TOKENS] if functions else [_TOKENS]


def _role_name(subject: Subject) -> str:
    principal: Any = getattr(subject.function, "grant_principal", None)
    name = getattr(principal, "role_name", None)
    if name is None:
        raise ValueError(
            f"{subject.function!r} has no role of its own by which a channel's handler could identify it; name a "
            "function with allow.function(my_function)"
        )
    return str(name)
