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
    "everything, by a route": ({**ROOT, **route(calls("s3:path/x"), writes("/*"))}, (), UNDECIDED),
    "images of a distribution": (ROOT, (writes("/images/*"),), PROVED),
    "images below one's own name": (ROOT, (allow("s3:PutObject", join(att("Site"), f"/u/{SUB}/*")),), PROVED),
    "images of a website": (INDEX, (writes("/images/*.png"),), PROVED),
    "everything, to read it": (INDEX, (allow("s3:GetObject", join(att("Site"), "/*")),), PROVED),
    "everything of media behind a distribution": (served("m", DefaultRootObject="index.html"), (writes("/*"),), PROVED),
    "everything of a distribution without a page": (served(), (writes("/*"),), PROVED),
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
    assert found.status is expected, [each.story for each in found.findings if each.story]


def test_the_page_and_the_bucket_are_named() -> None:
    stories = [each.story for each in report(INDEX, writes("/*")).findings if each.subject == "the page of Site"]
    assert len(stories) == 1
    assert "may write there: Site takes what the page of Site runs from" in stories[0]
