"""Users' rows in PostgreSQL: a function that can connect as one database user, under row-level security."""

from pathlib import Path

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from constructs_lib.api import Api, Route, jwt
from constructs_lib.auth import Attribute, Auth
from constructs_lib.functions import PythonFunction

HERE = Path(__file__).parent
DATABASE = "notes"
USER = "notes_app"


class RelationalStack(Stack):
    """An API for notes, its function, and an Aurora cluster that pauses without calls.

    The network has no internet access: the function signs its password locally, and Lambda writes its log.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        auth = Auth(self, "Auth", owner="sub", attributes=[Attribute("tenant")])
        vpc = ec2.Vpc(
            self,
            "Network",
            max_azs=2,
            nat_gateways=0,
            restrict_default_security_group=False,
            subnet_configuration=[ec2.SubnetConfiguration(name="data", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)],
        )
        inside = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
        cluster = rds.DatabaseCluster(
            self,
            "Cluster",
            engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_17_9),
            writer=rds.ClusterInstance.serverless_v2("Writer"),
            serverless_v2_min_capacity=0,
            serverless_v2_max_capacity=2,
            vpc=vpc,
            vpc_subnets=inside,
            default_database_name=DATABASE,
            iam_authentication=True,
            # The master password is for migrations, through the Data API; RDS creates, stores and rotates it.
            manage_master_user_password=True,
            enable_data_api=True,
            parameters={"rds.force_ssl": "1"},
            storage_encrypted=True,
            backup=rds.BackupProps(retention=Duration.days(14)),
            deletion_protection=True,
            removal_policy=RemovalPolicy.RETAIN,
        )
        function = PythonFunction(
            self,
            "Notes",
            entry=HERE / "lambda_src" / "notes",
            shared=[HERE.parents[1] / "lambda_src" / "caller.py"],
            environment={"DATABASE_HOST": cluster.cluster_endpoint.hostname, "DATABASE": DATABASE, "USER": USER},
            vpc=vpc,
            vpc_subnets=inside,
            timeout=Duration.seconds(29),  # a paused cluster takes about 15 seconds to resume
        )
        cluster.grant_connect(function.role, USER)
        cluster.connections.allow_default_port_from(function.function)
        api = Api(
            self,
            "Api",
            auth=auth,
            routes=[Route(method, "/notes", function, access=[jwt()]) for method in ("GET", "POST")],
        )
        outputs = {
            "ApiUrl": api.url,
            "UserPoolId": auth.user_pool.user_pool_id,
            "UserPoolClientId": auth.user_pool_client.user_pool_client_id,
            "ClusterArn": cluster.cluster_arn,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)
