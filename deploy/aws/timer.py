"""The timer and what steers the fleets, on one instance. It also brings the database up to each
release, before anybody else starts with it.
"""

from aws_cdk import aws_autoscaling as autoscaling
from constructs import Construct

from deploy.aws import instances
from deploy.aws.instances import Ground, Machine
from deploy.aws.part import Part, Plan

TYPE = "t3a.small"


class Timer(Part):
    """A group of exactly one: a second timer would do everything twice."""

    def __init__(self, scope: Construct, plan: Plan, on: Ground) -> None:
        super().__init__(scope, "timer", plan, about="The timetable, steering, and migrations")
        machine = Machine(
            group=self.names.group("timer"),
            who="timer",
            units=("mediashare-timer", "mediashare-steer"),
            type=TYPE,
        )
        template = instances.launch_template(self, "Group", machine, on)
        of = autoscaling.CfnAutoScalingGroup
        group = of(
            self,
            machine.resource,
            auto_scaling_group_name=machine.group,
            min_size="1",
            max_size="1",
            vpc_zone_identifier=on.network.instance_subnets,
            launch_template=instances.newest(template),
            health_check_type="EC2",
            health_check_grace_period=600,
            metrics_collection=[of.MetricsCollectionProperty(granularity="1Minute")],
        )
        instances.rolls_out(group, least=1, most=1)
