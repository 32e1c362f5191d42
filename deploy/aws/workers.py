"""The fleets that process: mostly Spot, of many types, as large as their backlog is worth.

How many workers a lane should have is decided in one place, `processing/recipes/scaling.py`, and
asked for by `manage.py steer` beside the timer. So groups have no policy and no desired capacity of
their own: a deployment would put it back.
"""

from dataclasses import replace

from aws_cdk import aws_autoscaling as autoscaling
from constructs import Construct

from deploy.aws import instances, sizes
from deploy.aws.instances import Ground, Machine
from deploy.aws.part import Part, Plan


class Workers(Part):
    """A group for each fleet of the size, and one on demand beside it for when Spot has nobody."""

    def __init__(self, scope: Construct, plan: Plan, on: Ground) -> None:
        super().__init__(scope, "workers", plan, about="Workers, mostly Spot")
        self.on = on
        for name, fleet in plan.size.workers.items():
            self._group(name, fleet)
            bought = replace(fleet, least=0, most=fleet.reserve, on_demand=0, on_demand_percent=100)
            self._group(f"{name}-reserve", bought)

    def _group(self, name: str, fleet: sizes.Workers) -> None:
        title = name.title().replace("-", "")
        machine = Machine(
            group=self.names.group(f"worker-{name}"),
            who="worker",
            resource=f"{title}Group",
            units=tuple(f"mediashare-worker@{lane}" for lane in fleet.lanes),
            disk_gib=fleet.disk_gib,
        )
        template = instances.launch_template(self, title, machine, self.on)
        of = autoscaling.CfnAutoScalingGroup
        group = of(
            self,
            machine.resource,
            auto_scaling_group_name=machine.group,
            min_size=str(fleet.least),
            max_size=str(fleet.most),
            vpc_zone_identifier=self.on.network.instance_subnets,
            # A recommendation to leave is heard before the notice: a replacement comes first.
            capacity_rebalance=True,
            mixed_instances_policy=of.MixedInstancesPolicyProperty(
                launch_template=instances.of_types(template, fleet.types),
                instances_distribution=of.InstancesDistributionProperty(
                    on_demand_base_capacity=fleet.on_demand,
                    on_demand_percentage_above_base_capacity=fleet.on_demand_percent,
                    # Where there is most to spare, least is taken back.
                    spot_allocation_strategy="capacity-optimized",
                ),
            ),
            health_check_type="EC2",
            health_check_grace_period=600,
            metrics_collection=[of.MetricsCollectionProperty(granularity="1Minute")],
        )
        instances.rolls_out(group, least=fleet.least, most=fleet.most)
        instances.leaves_in_order(self, title, group)
