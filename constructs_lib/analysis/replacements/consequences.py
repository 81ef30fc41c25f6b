"""Consequences for users when a resource of a type is replaced, removed or emptied, and the remedy."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True, slots=True)
class Consequence:
    """The content of a type, its loss and the remedy, in sentence form."""

    noun: str
    loses: str
    way_out: str


_KEEP_ID: Final = (
    "Keep the construct's ID and scope (or override its logical ID), or bring the old resource under the new ID "
    "with `cdk refactor` or a CloudFormation import before this update."
)
_COPY: Final = (
    "Create the new one beside the old, copy the data, switch over, and remove the old one in a later update."
)
_STORE: Final = Consequence(noun="data store", loses="The app no longer has the data stored in it.", way_out=_COPY)

MEANINGS: Final[dict[str, Consequence]] = {
    "AWS::Cognito::UserPool": Consequence(
        noun="user pool",
        loses=(
            "Every user: passwords and passkeys cannot be exported, and each `sub` (and with it each identity ID, "
            "folder and row) is new."
        ),
        way_out=_KEEP_ID + " If it must be new, keep the old one and move users with a migration trigger.",
    ),
    "AWS::Cognito::IdentityPool": Consequence(
        noun="identity pool",
        loses=(
            "Every user and guest gets a new identity ID and loses access to the folders and rows under the old one."
        ),
        way_out=_KEEP_ID,
    ),
    "AWS::Cognito::UserPoolClient": Consequence(
        noun="app client",
        loses=(
            "The client ID (and secret) is new: every app that ships the old one fails to sign in, and sessions end."
        ),
        way_out="Add a second client, ship apps with its ID, and remove the old client in a later update.",
    ),
    "AWS::Cognito::UserPoolGroup": Consequence(
        noun="group",
        loses="Every membership: the new group has no members, who lose the rights of its role.",
        way_out="Add the new group first, move the members, and remove the old group in a later update.",
    ),
    "AWS::Cognito::UserPoolIdentityProvider": Consequence(
        noun="identity provider",
        loses="Users of this provider come back as new users: their user names carry the provider's name.",
        way_out="Keep the provider's name and type; change only its details.",
    ),
    "AWS::Cognito::UserPoolDomain": Consequence(
        noun="sign-in domain",
        loses=(
            "The hosted pages move: callback settings at social providers and saved links break, and passkeys "
            "bound to the old domain stop working."
        ),
        way_out="Keep the domain, or register the new one with every provider before this update.",
    ),
    "AWS::Cognito::UserPoolResourceServer": Consequence(
        noun="resource server",
        loses="Its scopes vanish from clients and tokens until they are granted again under the new identifier.",
        way_out="Add the new resource server first and move the clients' scopes.",
    ),
    "AWS::Cognito::UserPoolUser": Consequence(
        noun="user",
        loses="The user's password, `sub` and everything kept under it.",
        way_out="Keep the user's properties.",
    ),
    "AWS::Cognito::IdentityPoolPrincipalTag": Consequence(
        noun="principal-tag mapping",
        loses="Sessions no longer carry the tags that owners' folders and rows are found by.",
        way_out="Keep the mapping while any policy uses its tags.",
    ),
    "AWS::Cognito::UserPoolReplica": Consequence(
        noun="user pool replica", loses="Users of that region cannot sign in.", way_out=_KEEP_ID
    ),
    "AWS::S3::Bucket": Consequence(
        noun="bucket",
        loses="Every file: the app looks into the new bucket, which is empty.",
        way_out="Keep the name and construct ID; to move, copy the objects first and switch in a later update.",
    ),
    "AWS::DynamoDB::Table": Consequence(
        noun="table",
        loses="Every row: the app reads the new table, which is empty.",
        way_out="Add a second table, copy the rows (export and import, or a script), switch, then remove the old one.",
    ),
    "AWS::KMS::Key": Consequence(
        noun="encryption key",
        loses="Data encrypted under it cannot be read after its waiting period.",
        way_out="Keep the key (it may be unused), or cancel its deletion with `aws kms cancel-key-deletion`.",
    ),
    "AWS::SecretsManager::Secret": Consequence(
        noun="secret", loses="Its value, and every place that names its ARN.", way_out=_KEEP_ID
    ),
    "AWS::Logs::LogGroup": Consequence(
        noun="log group", loses="The logs kept so far.", way_out="Set its removal policy to retain, or keep its name."
    ),
    "AWS::SQS::Queue": Consequence(
        noun="queue", loses="Messages waiting in it, and every sender that knows its URL.", way_out=_KEEP_ID
    ),
    "AWS::Kinesis::Stream": Consequence(noun="stream", loses="Records not yet read.", way_out=_COPY),
    "AWS::ApiGateway::RestApi": Consequence(
        noun="REST API", loses="Its URL: every client that ships the old one fails.", way_out=_KEEP_ID
    ),
    "AWS::ApiGatewayV2::Api": Consequence(
        noun="HTTP API", loses="Its URL: every client that ships the old one fails.", way_out=_KEEP_ID
    ),
    "AWS::AppSync::Api": Consequence(
        noun="event API", loses="Its address: every client that ships the old one fails.", way_out=_KEEP_ID
    ),
    "AWS::AppSync::GraphQLApi": Consequence(
        noun="GraphQL API", loses="Its address: every client that ships the old one fails.", way_out=_KEEP_ID
    ),
    "AWS::ApiGateway::DomainName": Consequence(
        noun="API domain", loses="The API's public address.", way_out="Add the new domain beside the old one first."
    ),
    "AWS::ApiGatewayV2::DomainName": Consequence(
        noun="API domain", loses="The API's public address.", way_out="Add the new domain beside the old one first."
    ),
    "AWS::ApiGateway::ApiKey": Consequence(
        noun="API key", loses="The key's value, which callers hold.", way_out="Hand out a second key first."
    ),
    "AWS::Lambda::Url": Consequence(
        noun="function URL", loses="Its address: every client that ships the old one fails.", way_out=_KEEP_ID
    ),
    "AWS::CloudFormation::Stack": Consequence(
        noun="nested stack",
        loses="Its resources with data, users or an address, unless their own DeletionPolicy retains them.",
        way_out=_KEEP_ID,
    ),
    "AWS::IAM::OIDCProvider": Consequence(
        noun="OIDC provider",
        loses="Its users cannot get at their identities until identity pools name the new provider.",
        way_out=_KEEP_ID,
    ),
    "AWS::IAM::SAMLProvider": Consequence(
        noun="SAML provider",
        loses="Its users cannot get at their identities until identity pools name the new provider.",
        way_out=_KEEP_ID,
    ),
}  # fmt: skip
MEANINGS["AWS::DynamoDB::GlobalTable"] = MEANINGS["AWS::DynamoDB::Table"]
for _type, _noun in {
    "AWS::Backup::BackupVault": "backup vault",
    "AWS::Cassandra::Table": "table",
    "AWS::CodeCommit::Repository": "repository",
    "AWS::DSQL::Cluster": "database",
    "AWS::DocDB::DBCluster": "database",
    "AWS::DocDB::DBInstance": "database instance",
    "AWS::DocDBElastic::Cluster": "database",
    "AWS::EC2::Volume": "volume",
    "AWS::ECR::Repository": "image repository",
    "AWS::EFS::FileSystem": "file system",
    "AWS::EMR::Cluster": "cluster",
    "AWS::ElastiCache::CacheCluster": "cache",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::Elasticsearch::Domain": "search domain",
    "AWS::FSx::FileSystem": "file system",
    "AWS::MemoryDB::Cluster": "database",
    "AWS::Neptune::DBCluster": "database",
    "AWS::Neptune::DBInstance": "database instance",
    "AWS::NeptuneGraph::Graph": "database",
    "AWS::OpenSearchServerless::Collection": "search collection",
    "AWS::OpenSearchService::Domain": "search domain",
    "AWS::QLDB::Ledger": "ledger",
    "AWS::RDS::DBCluster": "database",
    "AWS::RDS::DBInstance": "database",
    "AWS::RDS::GlobalCluster": "database",
    "AWS::Redshift::Cluster": "warehouse",
    "AWS::S3Express::DirectoryBucket": "directory bucket",
    "AWS::S3Tables::TableBucket": "table bucket",
    "AWS::S3Vectors::VectorBucket": "vector bucket",
    "AWS::SDB::Domain": "database",
    "AWS::Timestream::Database": "database",
    "AWS::Timestream::Table": "table",
}.items():
    MEANINGS[_type] = Consequence(noun=_noun, loses=_STORE.loses, way_out=_STORE.way_out)


def consequence_of(resource_type: str) -> Consequence | None:
    """Return the consequences for a type, or None for a type whose replacement has none for users."""
    return MEANINGS.get(resource_type)
