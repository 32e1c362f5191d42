"""Where the operator runs commands of the service: a template for an instance of its own, and the
one way to it.

There is none until somebody starts one, and it is ended when the work is done
(docs/operations.md). It runs no units, so it is no second timer, and nothing reaches it but the
endpoint, which lets in who has the account's keys.
"""

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from deploy.aws import instances
from deploy.aws.instances import Ground, Machine
from deploy.aws.part import Part, Plan

TYPE = "t3a.small"
SSH = 22


class Commands(Part):
    def __init__(self, scope: Construct, plan: Plan, on: Ground) -> None:
        super().__init__(scope, "commands", plan, about="For who runs commands of the service")
        vpc = on.network.vpc.vpc_id
        endpoint = ec2.CfnSecurityGroup(
            self, "Endpoint", vpc_id=vpc, group_description="mediashare: the way to commands"
        )
        instance = ec2.CfnSecurityGroup(
            self,
            "Instance",
            vpc_id=vpc,
            group_description="mediashare: instances for commands",
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    ip_protocol="tcp",
                    from_port=SSH,
                    to_port=SSH,
                    source_security_group_id=endpoint.attr_group_id,
                    description="Who has the account's keys",
                )
            ],
        )
        subnet = on.network.instance_subnets[0]
        ec2.CfnInstanceConnectEndpoint(
            self, "Way", subnet_id=subnet, security_group_ids=[endpoint.attr_group_id]
        )
        machine = Machine(
            group=self.names.group("commands"),
            who="commands",
            units=(),
            type=TYPE,
            reached_by=(instance.attr_group_id,),
            subnet=subnet,
        )
        instances.launch_template(self, "Group", machine, on)
