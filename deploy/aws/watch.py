"""What people look at, and what tells them by itself: a dashboard, and alarms that send mail; and
what tells the site of mail that came back.
"""

import json
from collections.abc import Mapping
from typing import Any

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from constructs import Construct

from deploy.aws import alarms
from deploy.aws.balancers import Balancers
from deploy.aws.mail import Mail
from deploy.aws.names import LANES, PREFIX
from deploy.aws.part import Part, Plan
from deploy.aws.web import Web

# A point is a minute; in so many of the last minutes a figure must be out of bounds.
MINUTE = 60


class Watch(Part):
    def __init__(
        self,
        scope: Construct,
        plan: Plan,
        *,
        balancers: Balancers,
        web: Mapping[str, Web],
        mail: Mail,
    ) -> None:
        super().__init__(scope, "watch", plan, about="Dashboard and alarms")
        self.told = sns.CfnTopic(
            self,
            "Told",
            topic_name=f"{PREFIX}-alarms",
            subscription=[
                sns.CfnTopic.SubscriptionProperty(protocol="email", endpoint=plan.site.operator)
            ],
        )
        # The site confirms it by itself, so it must be there already. Raw delivery would take away
        # the signature, by which the site knows who speaks.
        sns.CfnSubscription(
            self,
            "Returned",
            topic_arn=mail.returned.topic_arn,
            protocol="https",
            endpoint=f"{plan.site.site_url}/mail/notices/",
            raw_message_delivery=False,
        )
        found = alarms.of_site(
            plan.names,
            plan.size,
            balancers={
                role: balancer.attr_load_balancer_full_name
                for role, balancer in balancers.by_role.items()
            },
            targets={
                way: made.attr_target_group_full_name
                for fleet in web.values()
                for way, made in fleet.targets.items()
            },
        )
        for alarm in found:
            self._alarm(alarm)
        cloudwatch.CfnDashboard(
            self, "Dashboard", dashboard_name=PREFIX, dashboard_body=json.dumps(self._dashboard())
        )

    def _alarm(self, alarm: alarms.Alarm) -> None:
        is_share = alarm.statistic.startswith("p")
        cloudwatch.CfnAlarm(
            self,
            "".join(word.title() for word in alarm.name.split("-")),
            alarm_name=f"{PREFIX}-{alarm.name}",
            alarm_description=f"{alarm.what} {alarm.do}",
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name=name, value=value)
                for name, value in alarm.dimensions.items()
            ],
            statistic=None if is_share else alarm.statistic,
            extended_statistic=alarm.statistic if is_share else None,
            comparison_operator=alarm.comparison,
            threshold=alarm.threshold,
            period=alarm.period_minutes * MINUTE,
            evaluation_periods=alarm.minutes // alarm.period_minutes,
            treat_missing_data=alarm.missing,
            alarm_actions=[self.told.ref],
            ok_actions=[self.told.ref],
        )

    def _dashboard(self) -> dict[str, Any]:
        """Top to bottom: how long people wait, what there is to do, and what does it."""
        rows = [
            ("How long the oldest job waits (s)", "OldestJobSeconds"),
            ("Jobs that could begin now", "JobsWaiting"),
            ("Workers wanted", "WorkersDesired"),
            ("Workers there", "Workers"),
        ]
        figures = [
            self._graph(number, words, [[PREFIX, metric, "Lane", lane] for lane in LANES])
            for number, (words, metric) in enumerate(rows)
        ]
        machines: list[tuple[str, list[list[str]]]] = [
            (
                "Processors of groups (%)",
                [
                    ["AWS/EC2", "CPUUtilization", "AutoScalingGroupName", self.names.group(role)]
                    for role in self.plan.size.web
                ],
            ),
            ("Database (%)", [["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", PREFIX]]),
            (
                "Journal (units)",
                [
                    ["AWS/DynamoDB", f"Consumed{kind}CapacityUnits", "TableName", self.names.table]
                    for kind in ("Read", "Write")
                ],
            ),
            (
                "Age of the oldest message (s)",
                [
                    [
                        "AWS/SQS",
                        "ApproximateAgeOfOldestMessage",
                        "QueueName",
                        self.names.queue(lane),
                    ]
                    for lane in LANES
                ],
            ),
        ]
        return {
            "widgets": [
                *figures,
                *(
                    self._graph(number, words, metrics)
                    for number, (words, metrics) in enumerate(machines, start=len(figures))
                ),
            ]
        }

    def _graph(self, number: int, title: str, metrics: list[list[str]]) -> dict[str, Any]:
        return {
            "type": "metric",
            "x": 12 * (number % 2),
            "y": 6 * (number // 2),
            "width": 12,
            "height": 6,
            "properties": {
                "title": title,
                "region": self.plan.site.region,
                "metrics": metrics,
                "period": MINUTE,
                "stat": "Maximum",
                "view": "timeSeries",
            },
        }
