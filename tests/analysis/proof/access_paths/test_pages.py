"""A page that callers may write runs scripts with the credentials of each user who opens it."""

from typing import Any, Final

import pytest

from constructs_lib.analysis.proof.findings import Status
from tests.analysis.conftest import SUB, Document
from tests.analysis.proof.access_paths.openings import allow, att, join, of, sub
from tests.analysis.proof.access_paths.test_services_for_callers import calls, report, route

PROVED, UNDECIDED = Status.PROVED, Status.UNDECIDED
OPTIMIZED: Final = "658327ea-f89d-4fab-a63d-7e88639e58f6"
SITE: Final = {"Site": of("AWS::S3::Bucket")}
IMPORTED: Final = {"Fn::ImportValue": "x"}


def writes(keys: str) -> Document:
    return allow("s3:PutObject", join(att("Site"), keys))


def website(**said: Any) -> Document:
    return {"Site": of("AWS::S3::Bucket", WebsiteConfiguration=said)}


def served(target: Any = "s", path: str = "", **config: Any) -> Document:
    """A distribution of a page, and of media from another origin."""
    site = {"Id": "s", "DomainName": att("Site", "RegionalDomainName"), "S3OriginConfig": {}, "OriginPath": path}
    media = {"Id": "m", "DomainName": "media.example.com", "CustomOriginConfig": {}}
    said = {
        "Enabled": True, "Origins": [site, media],
        "DefaultCacheBehavior": {"TargetOriginId": target, "CachePolicyId": OPTIMIZED}, **config,
    }  # fmt: skip
    return {**SITE, "Web": of("AWS::CloudFront::Distribution", DistributionConfig=said)}


def behaviour(target: Any) -> Document:
    return {"PathPattern": "*", "TargetOriginId": target, "CachePolicyId": OPTIMIZED}


def elsewhere(domain: str) -> Document:
    """A distribution of a bucket that no template has."""
    origin = {"Id": "s", "DomainName": domain, "S3OriginConfig": {}}
    return served(Origins=[origin])


def backend(key: str = "", bucket: str = "${Site}", uri: Any = None, method: str = "GET") -> Document:
    """A route of a REST API that serves an object of a bucket."""
    uri = uri or sub(f"arn:aws:apigateway:${{AWS::Region}}:s3:path/{bucket}/{key}")
    integration = {"Type": "AWS", "IntegrationHttpMethod": method, "Uri": uri, "Credentials": "arn"}
    made = of("AWS::ApiGateway::Method", HttpMethod=method, AuthorizationType="AWS_IAM", RestApiId="api",
              ResourceId="r", Integration=integration)  # fmt: skip
    return {**SITE, "Route": made}


ERRORS: Final = [{"ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/err/page"}]
INDEX: Final = website(IndexDocument="index.html")
ROOT: Final = served(DefaultRootObject="index.html")
CASES: Final[dict[str, tuple[Document, tuple[Document, ...], Status]]] = {
    "everything of a website": (INDEX, (writes("/*"),), UNDECIDED),
    "the index of a website": (INDEX, (writes("/index.html"),), UNDECIDED),
    "scripts of a website": (INDEX, (writes("/assets/*.js"),), UNDECIDED),
    "a page of a website": (INDEX, (writes("/about.html"),), UNDECIDED),
    "the policy of a website": (INDEX, (allow("s3:PutBucketPolicy", att("Site")),), UNDECIDED),
    "an index that the template does not determine": (website(IndexDocument=IMPORTED), (writes("/a*"),), UNDECIDED),
    "everything of a distribution": (ROOT, (writes("/*"),), UNDECIDED),
    "the index of a distribution below a path": (
        served(path="/app", DefaultRootObject="index.html"), (writes("/app/*"),), UNDECIDED
    ),
    "the index of an origin that the template does not determine": (
        served(IMPORTED, DefaultRootObject="index.html"), (writes("/*"),), UNDECIDED
    ),
    "a copy of what users write": (
        {
            **ROOT,
            "In": of("AWS::S3::Bucket", ReplicationConfiguration={
                "Role": "arn", "Rules": [{"Status": "Enabled", "Destination": {"Bucket": att("Site")}}]}),
        },
        (allow("s3:PutObject", sub("${In.Arn}/*")),), UNDECIDED,
    ),
    "everything of a distribution without a root object": (served(), (writes("/*"),), UNDECIDED),
    "the index of a distribution without a root object": (served(), (writes("/i*"),), UNDECIDED),
    "a root object that is not the index": (
        served(DefaultRootObject="home/page"), (writes("/home/*"),), UNDECIDED
    ),
    "a distribution that the template does not determine": (
        {**SITE, "Web": of("AWS::CloudFront::Distribution", DistributionConfig=IMPORTED)}, (writes("/*"),), UNDECIDED
    ),
    "the error page of a distribution": (served(CustomErrorResponses=ERRORS), (writes("/err/*"),), UNDECIDED),
    "an error page that the template does not determine": (
        served(CustomErrorResponses=IMPORTED), (writes("/err/*"),), UNDECIDED
    ),
    "the origin of another behaviour": (served("m", CacheBehaviors=[behaviour("s")]), (writes("/*"),), UNDECIDED),
    "the origin of another behaviour that the template does not determine": (
        served("m", CacheBehaviors=IMPORTED), (writes("/*"),), UNDECIDED
    ),
    "the error document of a website": (website(ErrorDocument="err/page"), (writes("/err/*"),), UNDECIDED),
    "the page of a route": (backend("pages/home"), (writes("/pages/*"),), UNDECIDED),
    "everything behind a route with a parameter": (backend("{key}"), (writes("/*"),), UNDECIDED),
    "everything of a bucket by its name": (
        elsewhere("www.s3.eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything of a website by its name": (
        elsewhere("www.s3-website-eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything of a bucket of a route by its name": (
        backend("x", "www"), (allow("s3:PutObject", "arn:aws:s3:::www/*"),), UNDECIDED
    ),
    "everything, by a route": ({**ROOT, **route(calls("s3:path/x"), writes("/*"))}, (), UNDECIDED),
    "images of a distribution": (ROOT, (writes("/images/*"),), PROVED),
    "images below one's own name": (ROOT, (allow("s3:PutObject", join(att("Site"), f"/u/{SUB}/*")),), PROVED),
    "images of a website": (INDEX, (writes("/images/*.png"),), PROVED),
    "everything, to read it": (INDEX, (allow("s3:GetObject", join(att("Site"), "/*")),), PROVED),
    "everything of media behind a distribution": (served("m", DefaultRootObject="index.html"), (writes("/*"),), PROVED),
    "everything below a path behind a route with a parameter": (
        backend("app/{key}"), (writes("/app/i*"),), UNDECIDED
    ),
    "everything behind a route that reads it by an action": (
        backend(uri=sub("arn:aws:apigateway:${AWS::Region}:s3:action/GetObject&Bucket=${Site}")),
        (writes("/*"),), UNDECIDED
    ),
    "everything that a route writes": (
        backend("{key}", method="PUT"), (writes("/*"),), PROVED
    ),
    "images behind a route with a parameter": (backend("{folder}/{key}"), (writes("/images/*"),), PROVED),
    "images of a distribution with error pages": (
        served(CustomErrorResponses=ERRORS), (writes("/images/*"),), PROVED
    ),
    "everything of another bucket by its name": (
        elsewhere("www.s3.eu-west-1.amazonaws.com"), (allow("s3:PutObject", "arn:aws:s3:::media/*"),), PROVED
    ),
    "everything of a website that redirects": (
        website(RedirectAllRequestsTo={"HostName": "example.com"}), (writes("/*"),), PROVED
    ),
    "everything of a bucket that serves no page": (SITE, (writes("/*"),), PROVED),
    "a page of another bucket": (
        {**INDEX, "Other": of("AWS::S3::Bucket")}, (allow("s3:PutObject", sub("${Other.Arn}/*.html")),), PROVED
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_who_may_write_a_page_is_told(name: str) -> None:
    resources, rights, expected = CASES[name]
    found = report(resources, *rights)
    stories = [each.story for each in found.findings if each.story]
    assert found.status is expected, stories
    assert any("the page of Site" in each or "the page of www" in each for each in stories) is (expected is UNDECIDED)


def test_the_page_and_the_bucket_are_named() -> None:
    stories = [each.story for each in report(INDEX, writes("/*")).findings if each.subject == "the page of Site"]
    assert len(stories) == 1
    assert "may write there: Site takes what the page of Site runs from" in stories[0]
