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
_ADDRESS: Final = "Its address, or a part of it: every client that knows it fails."
_SECOND: Final = "Keep its name and construct ID, or create the new one beside the old and move the clients first."
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
    "AWS::Cognito::IdentityPoolRoleAttachment": Consequence(
        noun="role attachment",
        loses="No user or guest of the identity pool gets credentials.",
        way_out="Keep one attachment for each identity pool.",
    ),
    "AWS::Cognito::UserPoolUserToGroupAttachment": Consequence(
        noun="membership", loses="The user's membership in the group, and the rights of its role.", way_out=_KEEP_ID
    ),
    "AWS::AppSync::ApiKey": Consequence(
        noun="API key", loses="The key's value, which callers hold.", way_out="Hand out a second key first."
    ),
    "AWS::SNS::Topic": Consequence(
        noun="topic",
        loses="Subscriptions outside the template, and every publisher that knows its ARN.", way_out=_KEEP_ID
    ),
    "AWS::Route53::HostedZone": Consequence(
        noun="hosted zone",
        loses="Its records, and the name servers that the domain's registrar names.",
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
MEANINGS["AWS::KMS::ReplicaKey"] = MEANINGS["AWS::KMS::Key"]
for _type, _noun in {
    "AWS::Amplify::App": "hosted app",
    "AWS::ApiGateway::BasePathMapping": "base path mapping",
    "AWS::ApiGateway::BasePathMappingV2": "base path mapping",
    "AWS::ApiGateway::DomainNameV2": "API domain",
    "AWS::ApiGateway::Stage": "stage",
    "AWS::ApiGatewayV2::ApiMapping": "API mapping",
    "AWS::ApiGatewayV2::Stage": "stage",
    "AWS::AppRunner::Service": "service",
    "AWS::AppSync::DomainName": "API domain",
    "AWS::AppSync::DomainNameApiAssociation": "API domain's association",
    "AWS::CloudFront::Distribution": "distribution",
    "AWS::EC2::EIP": "IP address",
    "AWS::ElasticBeanstalk::Environment": "environment",
    "AWS::ElasticLoadBalancing::LoadBalancer": "load balancer",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::GlobalAccelerator::Accelerator": "accelerator",
    "AWS::IoT::DomainConfiguration": "endpoint",
    "AWS::Route53::RecordSet": "DNS record",
    "AWS::Route53::RecordSetGroup": "group of DNS records",
    "AWS::Transfer::Server": "server",
    "AWS::VpcLattice::Service": "service",
}.items():
    MEANINGS[_type] = Consequence(noun=_noun, loses=_ADDRESS, way_out=_SECOND)
for _type, _noun in {
    "AWS::AmazonMQ::Broker": "message broker",
    "AWS::Backup::LogicallyAirGappedBackupVault": "backup vault",
    "AWS::BedrockAgentCore::Memory": "memory",
    "AWS::Bedrock::KnowledgeBase": "knowledge base",
    "AWS::Cassandra::Keyspace": "keyspace",
    "AWS::CloudFront::KeyValueStore": "key value store",
    "AWS::CloudTrail::EventDataStore": "event data store",
    "AWS::CodeArtifact::Repository": "package repository",
    "AWS::Connect::Instance": "contact center",
    "AWS::CustomerProfiles::Domain": "profile domain",
    "AWS::DirectoryService::MicrosoftAD": "directory",
    "AWS::DirectoryService::SimpleAD": "directory",
    "AWS::EC2::Instance": "instance",
    "AWS::ElastiCache::ServerlessCache": "cache",
    "AWS::Events::Archive": "archive of events",
    "AWS::FSx::Volume": "volume",
    "AWS::HealthImaging::Datastore": "data store",
    "AWS::HealthLake::FHIRDatastore": "data store",
    "AWS::IVSChat::Room": "chat room",
    "AWS::IoT::Thing": "thing",
    "AWS::Kendra::Index": "search index",
    "AWS::KinesisVideo::Stream": "video stream",
    "AWS::Lightsail::Bucket": "bucket",
    "AWS::Lightsail::Database": "database",
    "AWS::Lightsail::Disk": "disk",
    "AWS::Lightsail::Instance": "instance",
    "AWS::Location::GeofenceCollection": "geofence collection",
    "AWS::Location::Tracker": "tracker",
    "AWS::MSK::Cluster": "cluster",
    "AWS::MSK::ServerlessCluster": "cluster",
    "AWS::MediaStore::Container": "container",
    "AWS::Organizations::Account": "account",
    "AWS::Pinpoint::App": "project",
    "AWS::QBusiness::Application": "application",
    "AWS::RedshiftServerless::Namespace": "warehouse",
    "AWS::S3Outposts::Bucket": "bucket",
    "AWS::S3Tables::Table": "table",
    "AWS::S3Vectors::Index": "vector index",
    "AWS::SageMaker::Domain": "domain",
    "AWS::Timestream::InfluxDBInstance": "database",
    "AWS::VerifiedPermissions::PolicyStore": "policy store",
    "AWS::WorkSpaces::Workspace": "desktop",
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
    """Return the consequences for a type; None if it has none for users, or none that is known here."""
    return MEANINGS.get(resource_type)
