"""An API from one list of routes, as an HTTP API or a REST API."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from aws_cdk import CfnResource, RemovalPolicy, Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_lib.access import Subject, SubjectKind
from constructs_lib.api import openapi
from constructs_lib.api.domain import Domain, create_domain
from constructs_lib.api.http_engine import create_http_api
from constructs_lib.api.integrations import Functions, forbid_cycles, permit
from constructs_lib.api.invoke_rights import check_reach, invoke_statements, opened_routes, subjects_of
from constructs_lib.api.owned_paths import check_places
from constructs_lib.api.route_checks import check_http_options, check_routes
from constructs_lib.api.routes import Route, Throttle
from constructs_lib.api.usage_plans import UsagePlan, create_usage_plans
from constructs_lib.argument_checks import checked
from constructs_lib.cors_origins import check_origins
from constructs_lib.functions.invocable import both
from constructs_lib.invocation_paths import API, reserve_invocation_path
from constructs_lib.ownership_metadata import OPENED_KEY
from constructs_lib.web_acls import check_web_acl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_apigateway as apigw
    from aws_cdk import aws_apigatewayv2 as apigwv2
    from aws_cdk import aws_iam as iam

    from constructs_lib.access import Statement
    from constructs_lib.auth import Auth


Kind: TypeAlias = Literal["http", "rest"]
DEFAULT_THROTTLE: Final = Throttle(rate=100, burst=200)


class _Common(TypedDict):
    """The options of both engines."""

    title: str
    auth: Auth
    routes: Sequence[Route]
    cors_origins: Sequence[str]
    throttle: Throttle
    log_group: logs.ILogGroup | None
    only_custom_domain: bool
    functions: Functions


@checked
class Api(Construct):
    """A REST or HTTP API whose routes state who can call them.

    The whole API is one OpenAPI document in the template, so that 300 routes cost as many resources as three. Each role
    may invoke exactly its routes; a function has one permission, regardless of the number of its routes.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth whose callers the routes name.
        routes: The routes, in any order.
        kind: "http", which is cheaper and quicker, or "rest", which has request validation, API keys, WAF, X-Ray and
            resource policies. Default: "http".
        cors_origins: Origins whose pages may call the API, such as `https://app.example.com`. Default: no page may. An
            HTTP API adds the headers to every response; behind a REST API functions add them to theirs.
        throttle: The limit of the whole API and of each route without its own. Default: 100 requests a second, with a
            burst of 200.
        access_logs: Whether each request is logged to a log group of the API. Default: it is. A REST API can write only
            if the account has a CloudWatch role set for API Gateway, once per region ("Set up CloudWatch logging for
            REST APIs"); otherwise the deployment fails.
        log_retention: How long log events are kept. Default: ONE_MONTH (30 days).
        log_removal_policy: What happens to the log group when it leaves the stack. Default: DESTROY (it is deleted).
        domain: A custom domain name. Default: the API has only API Gateway's default endpoint.
        tracing: REST only. Whether X-Ray traces requests. Default: it does not.
        web_acl_arn: REST only. The web ACL in front of the API, for example a `WebAcl`'s. Default: no firewall.
        usage_plans: REST only. The usage plans, for routes with `api_key`. Default: no usage plans, and such routes are
            refused.
        policy: REST only. A resource policy, for example one that denies requests from other networks. It must allow
            routes without signed callers, and may not allow every principal the others. Default: requests come from
            anywhere, and the routes decide.

    Raises:
        ValueError: For routes that contradict each other or the kind of API, subjects that the Auth does not have, or
            permissions that would exceed their route.

    Attributes:
        api_id: API Gateway's ID.
        url: The address of the API, without a trailing slash.
        log_group: The log group of the access logs; None without them.
        http_api: The HTTP API; None for kind "rest".
        rest_api: The REST API; None for kind "http".
        domain: The domain name; None without one.
        api_keys: The API keys of the usage plans, by name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth,
        routes: Sequence[Route],
        kind: Kind = "http",
        cors_origins: Sequence[str] = (),
        throttle: Throttle = DEFAULT_THROTTLE,
        access_logs: bool = True,
        log_retention: logs.RetentionDays = logs.RetentionDays.ONE_MONTH,
        log_removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
        domain: Domain | None = None,
        tracing: bool = False,
        web_acl_arn: str | None = None,
        usage_plans: Sequence[UsagePlan] = (),
        policy: iam.PolicyDocument | None = None,
    ) -> None:
        super().__init__(scope, id)
        check_origins(cors_origins)
        check_routes(routes, kind=kind, with_keys=bool(usage_plans))
        if kind == "http":
            check_http_options(tracing=tracing, web_acl_arn=web_acl_arn, usage_plans=usage_plans, policy=policy)
        check_web_acl("web_acl_arn", web_acl_arn, "regional")
        # Sorted, so that the order of the options has no effect: the document, and with it a REST API's deployment,
        # stays.
        self.routes = tuple(sorted(routes, key=str))
        auth.check_reach(self)
        stack = Stack.of(self)
        functions = Functions.of(stack, self.routes)
        self._check_subjects(auth)
        node = self.node
        self._title = node.path.replace("/", "-")
        self.log_group = (
            logs.LogGroup(self, "AccessLogs", retention=log_retention, removal_policy=log_removal_policy)
            if access_logs
            else None
        )
        self.http_api: apigwv2.CfnApi | None = None
        self.rest_api: apigw.SpecRestApi | None = None
        self.domain: apigwv2.DomainName | None = None
        self.api_keys: dict[str, apigw.ApiKey] = {}
        common: _Common = {
            "title": self._title,
            "auth": auth,
            "routes": self.routes,
            "cors_origins": cors_origins,
            "throttle": throttle,
            "log_group": self.log_group,
            "only_custom_domain": domain is not None,
            "functions": functions,
        }
        stage: Construct
        if kind == "http":
            engine = create_http_api(self, **common)
            self.http_api, stage = engine.api, engine.stage
            self.api_id: str = engine.api.ref
            self.stage_name, path = engine.stage.stage_name, ""
        else:
            from constructs_lib.api.resource_policy import check_resource_policy  # noqa: PLC0415 - slow to import
            from constructs_lib.api.rest_engine import STAGE, create_rest_api  # noqa: PLC0415 - slow to import

            check_resource_policy(policy, self.routes)
            self.rest_api = create_rest_api(self, **common, tracing=tracing, policy=policy)
            self.api_id = self.rest_api.rest_api_id
            stage = self.rest_api.deployment_stage
            self.stage_name, path = STAGE, f"/{STAGE}"
            self.api_keys = create_usage_plans(self, self.rest_api, usage_plans)
            if web_acl_arn is not None:
                from aws_cdk import aws_wafv2 as wafv2  # noqa: PLC0415 - slow to import

                wafv2.CfnWebACLAssociation(
                    self,
                    "WebAclAssociation",
                    resource_arn=self.rest_api.deployment_stage.stage_arn,
                    web_acl_arn=web_acl_arn,
                )
        self.url: str = f"https://{self.api_id}.execute-api.{stack.region}.{stack.url_suffix}{path}"
        if domain is not None:
            self.domain = create_domain(self, domain, api_id=self.api_id, stage=stage, stage_name=self.stage_name)
            self.url = domain.url
        forbid_cycles(node, self.http_api or self.rest_api, functions, cors_origins)
        self._grant(auth, stack, functions)
        self._record_opened_routes(auth)

    @property
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document for client generators: no AWS extension, no value of a deployment."""
        return openapi.client_document(self._title, self.routes)

    def write_openapi(self, path: str | Path) -> None:
        """Write the OpenAPI document for client generators as JSON.

        Args:
            path: The file; an older one is replaced.
        """
        Path(path).write_text(json.dumps(self.openapi, indent=2) + "\n", encoding="utf-8")

    def _check_subjects(self, auth: Auth) -> None:
        for subject in subjects_of(self.routes):
            auth.check_subject(subject)
        for route in self.routes:
            auth.check_scopes(route.jwt.scopes if route.jwt else ())
        check_places(self.routes, auth.forms)
        check_reach(self.routes, self._callers(auth), [*auth.forms])

    def _callers(self, auth: Auth) -> dict[str, frozenset[Subject]]:
        """Return the subjects of each role's callers and of each function, by a name for messages."""
        callers = {_name(subjects): subjects for subjects, _ in auth.callers()}
        functions = [subject for subject in subjects_of(self.routes) if subject.kind is SubjectKind.FUNCTION]
        return callers | {f"function {number}": frozenset({each}) for number, each in enumerate(functions, 1)}

    def _grant(self, auth: Auth, stack: Stack, functions: Functions) -> None:
        api_arn = stack.format_arn(service="execute-api", resource=self.api_id)
        permit(self, functions, api_arn)
        reserve_invocation_path(API, *(each for route in self.routes for each in both(route.handler)))
        callers = self._callers(auth).values()
        rights = {
            subject: invoke_statements(
                subject,
                self.routes,
                callers,
                stage_arn=f"{api_arn}/{self.stage_name}",
                variables=auth.variables,
            )
            for subject in subjects_of(self.routes)
        }
        auth.allow_roles(
            self,
            {
                role: [statement for subject in rights if subject in subjects for statement in rights[subject]]
                for subjects, role in auth.callers()
            },
        )
        for subject, statements in rights.items():
            if subject.kind is SubjectKind.FUNCTION:
                self._allow_function(auth, subject, statements, functions)

    def _record_opened_routes(self, auth: Auth) -> None:
        """Record the callers to whom `everyone` opens other owners' paths, so that the proof accepts it."""
        opened = opened_routes(self.routes, [subjects for subjects, _ in auth.callers()], [*auth.variables])
        if opened:
            made = self.http_api if self.rest_api is None else self.rest_api.node.default_child
            assert isinstance(made, CfnResource)  # noqa: S101 - both kinds are made here
            made.add_metadata(OPENED_KEY, opened)

    def _allow_function(
        self, auth: Auth, subject: Subject, statements: Sequence[Statement], functions: Functions
    ) -> None:
        """Allow a function to call the API; a function that also serves it gets a separate policy.

        Its role's policy is created before the function, and would depend on the API, which depends on the function.
        """
        name = functions.name_of(subject.function)
        role = getattr(subject.function, "role", None)
        if name is None or role is None:
            auth.grant(self, subject, statements)
            return
        from aws_cdk import aws_iam as iam  # noqa: PLC0415 - loaded already, by the functions

        given = [statement.to_policy_statement() for statement in statements]
        iam.Policy(self, f"Calls-{name}", roles=[role], statements=given)


def _name(subjects: frozenset[Subject]) -> str:
    """Return the name of a role's callers in messages: their most specific subject."""
    order = (SubjectKind.GROUP, SubjectKind.AUTHENTICATED, SubjectKind.GUEST)
    named = {subject.kind: str(subject) for subject in subjects}
    return next(named[kind] for kind in order if kind in named)
