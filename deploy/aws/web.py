"""One of the three fleets of web servers: an Auto Scaling group, its balancer's rules, its name.

Website, uploads and sync are three of these. Servers hold nothing: any may come and go.
"""

from dataclasses import dataclass

from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from constructs import Construct

from deploy.aws import instances
from deploy.aws.addresses import Addresses
from deploy.aws.balancers import Balancers
from deploy.aws.instances import Ground, Machine
from deploy.aws.names import PREFIX
from deploy.aws.part import Part, Plan
from deploy.aws.ways import WAYS, Way

# Longer than a request may take; a web process ends what it has within 30 seconds.
DRAIN_SECONDS = 45
BUSY_PERCENT = 55
# Installing a release is work, too, and says nothing about how busy the fleet is.
WARM_UP_SECONDS = 300
# Scripts and styles have other names in each release, and a server has those of its own. While two
# releases are there, a browser stays with the server that gave it its page.
STAYS = {
    "stickiness.enabled": "true",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "3600",
}


UNITS = {
    "website": ("mediashare-web@website",),
    "uploads": ("mediashare-web@uploads",),
    "sync": ("mediashare-web@sync", "mediashare-waiting"),
}


@dataclass(frozen=True)
class Front:
    """What every fleet stands behind."""

    balancers: Balancers
    addresses: Addresses


class Web(Part):
    """The fleet of a role: website, uploads or sync."""

    def __init__(self, scope: Construct, role: str, plan: Plan, on: Ground, front: Front) -> None:
        super().__init__(scope, role, plan, about=f"Web servers: {role}")
        self.role, self.on, self.front = role, on, front
        self.targets = {way.name: self._targets(way) for way in WAYS[role]}
        for way in WAYS[role]:
            self._rule(way)
            if way.over == role:
                self._name(way.host)
        group = self._group()
        instances.leaves_in_order(self, "Group", group)
        self._follow_load(group)

    def _targets(self, way: Way) -> elb.CfnTargetGroup:
        return elb.CfnTargetGroup(
            self,
            f"{title(way.name)}Targets",
            name=f"{PREFIX}-{way.name}",
            port=way.port,
            protocol="HTTP",
            vpc_id=self.on.network.vpc.vpc_id,
            target_type="instance",
            health_check_path="/readyz",
            health_check_interval_seconds=10,
            health_check_timeout_seconds=5,
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
            matcher=elb.CfnTargetGroup.MatcherProperty(http_code="200"),
            target_group_attributes=[
                elb.CfnTargetGroup.TargetGroupAttributeProperty(key=key, value=value)
                for key, value in {
                    "deregistration_delay.timeout_seconds": str(DRAIN_SECONDS),
                    "load_balancing.algorithm.type": "least_outstanding_requests",
                    **(STAYS if way.name == "website" else {}),
                }.items()
            ],
        )

    def _rule(self, way: Way) -> None:
        of = elb.CfnListenerRule
        of(
            self,
            f"{title(way.name)}Rule",
            listener_arn=self.front.balancers.listeners[way.over].ref,
            priority=way.priority,
            conditions=[
                of.RuleConditionProperty(
                    field="host-header",
                    host_header_config=of.HostHeaderConfigProperty(
                        values=[self.plan.site.host(way.host)]
                    ),
                ),
                of.RuleConditionProperty(
                    field="path-pattern",
                    path_pattern_config=of.PathPatternConfigProperty(values=[way.path]),
                ),
            ],
            actions=[
                of.ActionProperty(type="forward", target_group_arn=self.targets[way.name].ref)
            ],
        )

    def _name(self, part: str) -> None:
        balancer = self.front.balancers.by_role[self.role]
        route53.CfnRecordSet(
            self,
            f"{title(part)}Name",
            hosted_zone_id=self.front.addresses.zone.hosted_zone_id,
            name=self.plan.site.host(part),
            type="A",
            alias_target=route53.CfnRecordSet.AliasTargetProperty(
                dns_name=balancer.attr_dns_name,
                hosted_zone_id=balancer.attr_canonical_hosted_zone_id,
                evaluate_target_health=True,
            ),
        )

    def _group(self) -> autoscaling.CfnAutoScalingGroup:
        size = self.plan.size.web[self.role]
        machine = Machine(group=self.names.group(self.role), who=self.role, units=UNITS[self.role])
        template = instances.launch_template(self, "Group", machine, self.on)
        of = autoscaling.CfnAutoScalingGroup
        group = of(
            self,
            machine.resource,
            auto_scaling_group_name=machine.group,
            min_size=str(size.least),
            max_size=str(size.most),
            vpc_zone_identifier=self.on.network.instance_subnets,
            mixed_instances_policy=of.MixedInstancesPolicyProperty(
                launch_template=instances.of_types(template, size.types),
                instances_distribution=of.InstancesDistributionProperty(
                    on_demand_percentage_above_base_capacity=100,
                    on_demand_allocation_strategy="prioritized",
                ),
            ),
            target_group_arns=[each.ref for each in self.targets.values()],
            health_check_type="ELB",
            health_check_grace_period=600,
            default_instance_warmup=WARM_UP_SECONDS,
            metrics_collection=[of.MetricsCollectionProperty(granularity="1Minute")],
        )
        instances.rolls_out(group, least=size.least, most=size.most)
        return group

    def _follow_load(self, group: autoscaling.CfnAutoScalingGroup) -> None:
        """As many servers as keep their processors half busy: what they do is compute."""
        of = autoscaling.CfnScalingPolicy
        of(
            self,
            "FollowLoad",
            auto_scaling_group_name=group.ref,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration=of.TargetTrackingConfigurationProperty(
                target_value=BUSY_PERCENT,
                predefined_metric_specification=of.PredefinedMetricSpecificationProperty(
                    predefined_metric_type="ASGAverageCPUUtilization"
                ),
            ),
        )


def title(name: str) -> str:
    return name.title().replace("-", "")
