"""A function URL with IAM authorization."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from weakref import WeakKeyDictionary

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.access import Statement, Subject, SubjectKind
from constructs_lib.access.public_access import Open
from constructs_lib.argument_checks import checked
from constructs_lib.cors_origins import HEADERS, MAX_AGE, check_origins
from constructs_lib.duplicates import check_once
from constructs_lib.functions.invocable import Function, both
from constructs_lib.functions.invoke_permissions import check_callers, grant_invoke
from constructs_lib.functions.python_function import PythonFunction
from constructs_lib.invocation_paths import EVENT, URL, reserve_invocation_path
from constructs_lib.resource_cycles import NoCycle
from constructs_lib.stack_cycles import forbid_by_address, forbid_by_function

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.auth import Auth


Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_REMEDIES: Final = {
    "environment": "read event['requestContext']['domainName'] of the event",
    "policy": "remove the URL from its rights",
    "else": "remove the URL from it",
}
_urls: Final[WeakKeyDictionary[lambda_.IFunction, str]] = WeakKeyDictionary()
_METHODS: Final[tuple[Method, ...]] = ("GET", "POST")


@checked
class FunctionUrl(Construct):
    """A function URL that only signed requests of the named callers can invoke.

    AWS requires two permissions, and each role gets both, on exactly the function or its alias:
    `lambda:InvokeFunctionUrl` for a URL with IAM, and `lambda:InvokeFunction` limited to calls through the URL, so that
    callers cannot write the function's event ("Control access to Lambda function URLs", AWS Lambda developer guide).

    The event is that of an HTTP API, except that Lambda omits `cognitoIdentity` ("Invoking Lambda function URLs"): a
    function gets the caller's role, and with it the group, but not the user. To identify users, open the function
    directly (`access=`) or through an `Api`.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        auth: The Auth whose roles may call it. Default: no roles, for a URL that `anyone` may call.
        function: A `PythonFunction`, whose `target` gets the URL, or any function or alias of this app.
        access: The callers: `allow.guest`, `allow.authenticated`, `allow.group(...)`, `allow.function(...)` for signed
            requests; or `anyone`, alone, for the whole internet.
        origins: The pages that may call it, each as `https://app.example.com`. Default: no page, only programs.
        methods: The HTTP methods that pages may send. Default: GET and POST. Programs may send any method.
        streaming: Whether the response is streamed, up to 200 MB. Default: it is sent as a whole, up to 6 MB.

    Raises:
        ValueError: For an empty `access`, `anyone` together with others, an owner or a claim, a subject that the Auth
            does not have, `*` as an origin, streaming with Lambda's Python runtimes, which do not support it, or a
            function that clients may also invoke directly or through an `Api`.

    Attributes:
        url: The address, which begins with `https://` and ends with `/`.
        function_url: CDK's construct.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        auth: Auth | None = None,
        function: Function,
        access: Sequence[Subject | Open],
        origins: Sequence[str] = (),
        methods: Sequence[Method] = _METHODS,
        streaming: bool = False,
    ) -> None:
        super().__init__(scope, id)
        whole, target = both(function)
        subjects = [each for each in access if isinstance(each, Subject)]
        is_open = any(isinstance(each, Open) for each in access)
        _check_access(auth, subjects, is_open=is_open)
        check_origins(origins)
        _check_methods(methods, origins)
        if streaming and _is_python(function):
            raise ValueError(
                "streaming=True needs response streaming, which Lambda's Python runtimes do not support; remove it, "
                "or use a Node.js function or a custom runtime"
            )
        trusted = all(each.kind is SubjectKind.FUNCTION for each in subjects) and not is_open
        reserve_invocation_path(EVENT if trusted else URL, whole, target)
        _claim_url(self, target)
        self.function_url = lambda_.FunctionUrl(
            self,
            "Url",
            function=target,
            auth_type=lambda_.FunctionUrlAuthType.NONE if is_open else lambda_.FunctionUrlAuthType.AWS_IAM,
            cors=_cors(origins, methods) if origins else None,
            invoke_mode=lambda_.InvokeMode.RESPONSE_STREAM if streaming else None,
        )
        self.node.default_child = self.function_url
        self.url: str = self.function_url.url
        resource = self.function_url.node.default_child
        if isinstance(resource, lambda_.CfnUrl):
            self.node.add_validation(NoCycle(resource, {"function": whole}, remedies=_REMEDIES, deep=False))
            elsewhere = {} if Stack.of(whole) is Stack.of(self) else {"function": whole}
            forbid_by_function(resource, elsewhere, _REMEDIES)
            forbid_by_address(resource, "origins", origins)
        if auth is not None and subjects:
            grant_invoke(self, auth, subjects, _rights(target.function_arn))


def _check_methods(methods: Sequence[Method], origins: Sequence[str]) -> None:
    check_once("methods", methods)
    if not methods:
        raise ValueError("methods=[] allows no request from web pages; add some, as ['GET'], or remove origins")
    if not origins and tuple(methods) != _METHODS:
        raise ValueError(
            f"methods={list(methods)!r} applies to web pages, and no page can call the URL without origins; add "
            "origins=[...], or remove methods, because other clients can send any method"
        )


def _claim_url(scope: Construct, target: lambda_.IFunction) -> None:
    """Record the URL of a function or alias, which can have only one ("Creating Lambda function URLs")."""
    other = _urls.setdefault(target, scope.node.path)
    if other != scope.node.path:
        raise ValueError(
            f"{target.node.path!r} already has the URL {other!r}, and a Lambda function has one; name all callers in "
            "its access, or create two functions from the same code"
        )


def _check_access(auth: Auth | None, subjects: Sequence[Subject], *, is_open: bool) -> None:
    if is_open and (subjects or auth is not None):
        raise ValueError(
            "access has anyone together with callers or auth=, and a function URL either requires a signature from "
            "every caller or from none; write access=[anyone] alone, without auth="
        )
    if not is_open and not subjects:
        raise ValueError("access=[] allows no caller to use the URL; name the callers, as [allow.authenticated]")
    if subjects and auth is None:
        raise ValueError(f"access=[allow.{subjects[0]}] names callers of an Auth; add auth=...")
    if auth is not None:
        check_callers(auth, subjects)


def _rights(function_arn: str) -> list[Statement]:
    return [
        Statement(
            actions=("lambda:InvokeFunctionUrl",),
            resources=(function_arn,),
            conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
        ),
        Statement(
            actions=("lambda:InvokeFunction",),
            resources=(function_arn,),
            conditions={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
        ),
    ]


def _cors(origins: Sequence[str], methods: Sequence[Method]) -> lambda_.FunctionUrlCorsOptions:
    return lambda_.FunctionUrlCorsOptions(
        allowed_origins=list(origins),
        allowed_methods=[getattr(lambda_.HttpMethod, method) for method in methods],
        allowed_headers=list(HEADERS),
        max_age=Duration.seconds(MAX_AGE),
    )


def _is_python(function: Function) -> bool:
    """Return whether it is known to use a Python runtime of Lambda, which does not stream ("Response streaming")."""
    whole, _ = both(function)
    return isinstance(function, PythonFunction) or (
        isinstance(whole, lambda_.Function) and whole.runtime.name.startswith("python")
    )
