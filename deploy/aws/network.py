"""The private network: where instances and databases are, and who may speak with whom.

Balancers alone are reached from outside. Buckets, the journal and other services of AWS that have
endpoints here are reached without leaving AWS.
"""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from deploy.aws.part import Part, Plan
from deploy.aws.ports import WAITING_PORT, WEB_PORT


class Network(Part):
    """Subnets of three kinds in each zone, and a security group for each kind of machine."""

    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "network", plan, about="Network, and who may speak with whom")
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.20.0.0/16"),
            max_azs=plan.size.zones,
            nat_gateways=plan.size.nat_gateways,
            subnet_configuration=[*self._subnets()],
            restrict_default_security_group=False,
        )
        self._zones()
        self.public_subnets = self._ids("public")
        self.instance_subnets = self._ids("instances" if plan.size.nat_gateways else "public")
        self.data_subnets = self._ids("data")
        self._endpoints()
        self.balancer = self._group("Balancer", "load balancers")
        self.instance = self._group("Instance", "web servers and workers")
        self.data = self._group("Data", "database and cache", talks=False)
        self._rules()

    def _subnets(self) -> list[ec2.SubnetConfiguration]:
        kinds = [
            ("public", ec2.SubnetType.PUBLIC, 22),
            ("data", ec2.SubnetType.PRIVATE_ISOLATED, 24),
        ]
        if self.plan.size.nat_gateways:
            kinds.append(("instances", ec2.SubnetType.PRIVATE_WITH_EGRESS, 20))
        return [
            ec2.SubnetConfiguration(name=name, subnet_type=kind, cidr_mask=mask)
            for name, kind, mask in kinds
        ]

    def _ids(self, kind: str) -> list[str]:
        return list(self.vpc.select_subnets(subnet_group_name=kind).subnet_ids)

    def _zones(self) -> None:
        """Zones are counted, not named: an account may lack one that others have."""
        vpc = self.vpc
        for subnets in (vpc.public_subnets, vpc.private_subnets, vpc.isolated_subnets):
            for number, subnet in enumerate(subnets):
                made = cast("ec2.CfnSubnet", subnet.node.default_child)
                made.availability_zone = cdk.Fn.select(number, cdk.Fn.get_azs())

    def _endpoints(self) -> None:
        """Bytes and journal are most of the traffic; by a gateway endpoint they cost nothing."""
        for name, service in [
            ("S3", ec2.GatewayVpcEndpointAwsService.S3),
            ("DynamoDb", ec2.GatewayVpcEndpointAwsService.DYNAMODB),
        ]:
            self.vpc.add_gateway_endpoint(name, service=service)

    def _group(self, name: str, of: str, *, talks: bool = True) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self,
            name,
            vpc=self.vpc,
            description=f"mediashare: {of}",
            allow_all_outbound=talks,
        )

    def _rules(self) -> None:
        anybody = ec2.Peer.any_ipv4()
        self.balancer.add_ingress_rule(anybody, ec2.Port.tcp(443), "Everybody, encrypted")
        self.balancer.add_ingress_rule(anybody, ec2.Port.tcp(80), "To be sent to 443")
        for port in (WEB_PORT, WAITING_PORT):
            self.instance.add_ingress_rule(self.balancer, ec2.Port.tcp(port), "Balancers")
        self.data.add_ingress_rule(self.instance, ec2.Port.tcp(5432), "PostgreSQL")
        self.data.add_ingress_rule(self.data, ec2.Port.tcp(5432), "The proxy to the database")
        self.data.add_egress_rule(self.data, ec2.Port.tcp(5432), "The proxy to the database")
        self.data.add_ingress_rule(self.instance, ec2.Port.tcp(6379), "Cache")
