"""A single-page app on CloudFront: private bucket, routing, headers, and its configuration written at deploy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from aws_cdk import RemovalPolicy
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as deployment
from constructs import Construct

from constructs_lib.argument_checks import checked
from constructs_lib.cdk_tokens import is_token
from constructs_lib.cloudfront_names import address_of, check_names
from constructs_lib.hosting.headers import aws_sources, content_security_policy, security_headers
from constructs_lib.hosting.paths import behaviors, error_responses, routing_code
from constructs_lib.log_buckets import grant_cloudfront_logging
from constructs_lib.resource_cycles import NoCycle
from constructs_lib.stack_cycles import forbid_by_address
from constructs_lib.web_acls import check_web_acl

_PAGE: Final = "index.html"
_CONFIGURATION: Final = "amplify_outputs.json"
_IMMUTABLE: Final = "public, max-age=31536000, immutable"
_ALWAYS_ASKED: Final = "no-cache"
_REMEDIES: Final = {"else": "set domain_names of the page, or Api(domain=...) of the API, and write that name"}
_NONE: Final[Mapping[str, str]] = MappingProxyType({})


@checked
class Hosting(Construct):
    """A built single-page app, served by CloudFront from a private bucket.

    Files under `assets/` carry their hash in their name, as Vite builds them: browsers keep them for a year, and those
    of earlier builds stay, so that open pages keep working. Browsers revalidate all other files each time.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        build: The folder of the built page, with an `index.html`.
        configuration: Written at deploy as `/amplify_outputs.json`, with tokens resolved, for example
            `ClientConfig(...).content`. Default: `configure` sets it later, or the build includes it.
        domain_names: Alternate domain names of the page. They need a certificate. Default: only CloudFront's own name.
        certificate: The certificate of the names, in us-east-1 regardless of the stack's region. Default: CloudFront's
            own.
        connect_to: Sources that the page may connect to (CSP `connect-src`), in addition to its own origin. Default:
            every AWS service of the stack's region. Name the hosts of custom API domains and of hosted sign-in, or
            connections are refused by the browser.
        web_acl_arn: A web ACL in us-east-1 in front of the page. Default: no firewall.
        access_logs_bucket: The bucket for access logs, which must allow ACLs. Default: no access logs.
        dotted_routes: Prefixes of paths that are routes of the page although their last part has a dot, such as
            `/users/` if users are named `john.doe`. Default: a path with a dot there is a file.
        error_page: The file of the build that is returned, with status 404, for a missing file. Default: the browser
            shows CloudFront's error. It is also returned for errors of `backends`.
        backends: Other servers on the page's domain, by path pattern: `{"/api/*": api.url}` serves an HTTP API whose
            routes begin with `/api/`, without CORS. Nothing is cached, and the path is forwarded unchanged. An IAM
            signature is valid only for the API's own host, so such routes require tokens. Default: no other servers.
        price_class: The edge locations. Default: those of North America and Europe, the cheapest.
        removal_policy: What happens to the bucket when it leaves the stack. Default: it is deleted: its content can be
            built again.

    Raises:
        ValueError: For a folder without a page or error page, an invalid path or server, names without a certificate,
            or a certificate outside us-east-1.

    Attributes:
        bucket: The private bucket.
        distribution: The distribution.
        url: The page's address, for CORS origins and callback URLs, without a trailing slash.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        build: str | Path,
        configuration: Mapping[str, Any] | None = None,
        domain_names: Sequence[str] = (),
        certificate: acm.ICertificate | None = None,
        connect_to: Sequence[str] | None = None,
        web_acl_arn: str | None = None,
        access_logs_bucket: s3.IBucket | None = None,
        dotted_routes: Sequence[str] = (),
        error_page: str | None = None,
        backends: Mapping[str, str] = _NONE,
        price_class: cloudfront.PriceClass = cloudfront.PriceClass.PRICE_CLASS_100,
        removal_policy: RemovalPolicy = RemovalPolicy.DESTROY,
    ) -> None:
        super().__init__(scope, id)
        _check_build(Path(build), error_page)
        check_names(domain_names, certificate)
        check_web_acl("web_acl_arn", web_acl_arn, "global")
        grant_cloudfront_logging(self, access_logs_bucket)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=removal_policy,
            auto_delete_objects=removal_policy is RemovalPolicy.DESTROY,
        )
        sources = aws_sources(self) if connect_to is None else connect_to
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_root_object=_PAGE,
            default_behavior=self._behavior(content_security_policy(sources), routing_code(dotted_routes)),
            additional_behaviors=behaviors(backends),
            error_responses=error_responses(error_page),
            domain_names=list(domain_names) or None,
            certificate=certificate,
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=price_class,
            web_acl_id=web_acl_arn,
            log_bucket=access_logs_bucket,
        )
        self._forbid_cycles([*backends.values(), *(connect_to or ())])
        self._page = self._deploy(Path(build))
        self._configured = False
        if configuration is not None:
            self.configure(configuration)
        self.url = address_of(self.distribution, domain_names)

    def configure(self, configuration: Mapping[str, Any]) -> None:
        """Set the configuration that a deployment writes as `/amplify_outputs.json`.

        Use it if the configuration depends on the bucket or API, whose CORS settings depend on the page's address.

        Args:
            configuration: JSON-ready, may contain tokens, for example `ClientConfig(...).content`.

        Raises:
            ValueError: When it is already set.
        """
        if self._configured:
            raise ValueError(f"{self.node.path!r} already has a configuration; pass it once")
        self._configured = True
        self._page.add_source(deployment.Source.json_data(_CONFIGURATION, configuration))

    def _forbid_cycles(self, servers: Sequence[str]) -> None:
        """Refuse at synthesis servers that depend on the page, such as an API whose function names it."""
        if not any(map(is_token, servers)):
            return
        resource = self.distribution.node.default_child
        if isinstance(resource, cloudfront.CfnDistribution):
            self.node.add_validation(NoCycle(resource, {"the page": self.distribution}, remedies=_REMEDIES, deep=True))
            forbid_by_address(resource, "backends and connect_to", servers)

    def _behavior(self, policy: str, code: str) -> cloudfront.BehaviorOptions:
        routes = cloudfront.Function(
            self,
            "Routes",
            code=cloudfront.FunctionCode.from_inline(code),
            runtime=cloudfront.FunctionRuntime.JS_2_0,
        )
        return cloudfront.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(self.bucket),
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD,
            cache_policy=cloudfront.CachePolicy.CACHING_OPTIMIZED,
            compress=True,
            response_headers_policy=security_headers(self, policy),
            function_associations=[
                cloudfront.FunctionAssociation(function=routes, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST)
            ],
        )

    def _deploy(self, build: Path) -> deployment.BucketDeployment:
        """Deploy the assets first, then the page that names them."""
        assets = deployment.BucketDeployment(
            self,
            "Assets",
            destination_bucket=self.bucket,
            sources=[deployment.Source.asset(str(build))],
            exclude=["*"],
            include=["assets/*"],
            prune=False,
            cache_control=[deployment.CacheControl.from_string(_IMMUTABLE)],
        )
        page = deployment.BucketDeployment(
            self,
            "Page",
            destination_bucket=self.bucket,
            sources=[deployment.Source.asset(str(build))],
            exclude=["assets/*"],
            cache_control=[deployment.CacheControl.from_string(_ALWAYS_ASKED)],
            distribution=self.distribution,
            distribution_paths=["/*"],
        )
        page.node.add_dependency(assets)
        return page


def _check_build(build: Path, error_page: str | None) -> None:
    if not (build / _PAGE).is_file():
        raise ValueError(
            f"build={str(build)!r} does not contain {_PAGE}; build the page first, for example with `npm run build`"
        )
    if error_page is not None and not (build / error_page.removeprefix("/")).is_file():
        raise ValueError(
            f"error_page={error_page!r} is not a file in build={str(build)!r}; name one, such as '404.html'"
        )
