"""Where rows are: PostgreSQL for media and people, DynamoDB for the journals of folders, Valkey for
what may be forgotten; and the secrets that processes start with.
"""

import json

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from deploy.aws.names import PREFIX
from deploy.aws.network import Network
from deploy.aws.part import Part, Plan

USER = PREFIX


class Data(Part):
    def __init__(self, scope: Construct, plan: Plan, network: Network) -> None:
        super().__init__(scope, "data", plan, about="Database, journal, cache, secrets")
        # Deleting it takes two steps: not all of it can be made again.
        self.termination_protection = True
        self.network = network
        # Unchangeable, since the CDK would otherwise add rules to the network for what is here.
        self.group = ec2.SecurityGroup.from_security_group_id(
            self, "Group", network.data.security_group_id, mutable=False
        )
        self.credentials = self._secret("DATABASE", {"username": USER}, key="password")
        self._secret("SECRET_KEY")
        self._secret("METRICS_TOKEN")
        # Its value is the private half of a key pair that the operator makes, and puts there.
        self._secret("CLOUDFRONT_PRIVATE_KEY")
        self.database = self._database()
        self.database_host = self.database.db_instance_endpoint_address
        if plan.size.database.has_proxy:
            self.database_host = self._proxy().endpoint
        self.journal = self._journal()
        self.cache = self._cache()

    def _secret(
        self, what: str, known: dict[str, str] | None = None, *, key: str | None = None
    ) -> secretsmanager.Secret:
        generated = secretsmanager.SecretStringGenerator(
            password_length=50,
            exclude_punctuation=True,
            secret_string_template=json.dumps(known) if known else None,
            generate_string_key=key,
        )
        return secretsmanager.Secret(
            self,
            "".join(word.title() for word in what.split("_")) + "Secret",
            secret_name=self.names.secret(what),
            generate_secret_string=generated,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _database(self) -> rds.DatabaseInstance:
        size = self.plan.size.database
        # RDS would make it by itself, and keep every line for ever.
        log = logs.CfnLogGroup(
            self,
            "DatabaseLog",
            log_group_name=f"/aws/rds/instance/{PREFIX}/postgresql",
            retention_in_days=self.plan.size.log_days,
        )
        log.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        version = rds.PostgresEngineVersion.of("17.6", "17")
        database = rds.DatabaseInstance(
            self,
            "Database",
            instance_identifier=PREFIX,
            engine=rds.DatabaseInstanceEngine.postgres(version=version),
            instance_type=ec2.InstanceType(size.type),
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="data"),
            security_groups=[self.group],
            credentials=rds.Credentials.from_secret(self.credentials),
            database_name=PREFIX,
            allocated_storage=size.storage_gib,
            max_allocated_storage=size.most_storage_gib,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            multi_az=size.has_standby,
            backup_retention=cdk.Duration.days(size.backup_days),
            preferred_backup_window="03:00-04:00",
            preferred_maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            deletion_protection=True,
            enable_performance_insights=size.has_standby,
            cloudwatch_logs_exports=["postgresql"],
            parameters={"rds.force_ssl": "1", "log_min_duration_statement": "1000"},
            removal_policy=cdk.RemovalPolicy.SNAPSHOT,
        )
        database.node.add_dependency(log)
        return database

    def _proxy(self) -> rds.DatabaseProxy:
        """Holds connections for hundreds of processes, and keeps them through a change of host."""
        return rds.DatabaseProxy(
            self,
            "Proxy",
            proxy_target=rds.ProxyTarget.from_instance(self.database),
            secrets=[self.credentials],
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_group_name="data"),
            security_groups=[self.group],
            require_tls=True,
        )

    def _journal(self) -> dynamodb.Table:
        """One table with two keys and no index; see docs/decisions/0031-journal-in-dynamodb.md."""
        return dynamodb.Table(
            self,
            "Journal",
            table_name=self.names.table,
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=True,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )

    def _cache(self) -> elasticache.CfnReplicationGroup:
        nodes = self.plan.size.cache_nodes
        subnets = elasticache.CfnSubnetGroup(
            self,
            "CacheSubnets",
            description="mediashare: cache",
            subnet_ids=self.network.data_subnets,
        )
        return elasticache.CfnReplicationGroup(
            self,
            "Cache",
            replication_group_id=PREFIX,
            replication_group_description="mediashare: cache, rate limits, wake-ups",
            engine="valkey",
            engine_version="8.0",
            cache_node_type=self.plan.size.cache_type,
            num_cache_clusters=nodes,
            automatic_failover_enabled=nodes > 1,
            multi_az_enabled=nodes > 1,
            at_rest_encryption_enabled=True,
            transit_encryption_enabled=True,
            cache_subnet_group_name=subnets.ref,
            security_group_ids=[self.group.security_group_id],
        )
