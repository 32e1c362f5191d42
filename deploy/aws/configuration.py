"""The parameter from which instances read their settings: what other stacks made, in one place."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from deploy.aws import settings
from deploy.aws.data import Data
from deploy.aws.delivery import Delivery
from deploy.aws.mail import Mail
from deploy.aws.part import Part, Plan
from deploy.aws.queues import Queues


@dataclass(frozen=True)
class Made:
    """The parts that settings tell of."""

    data: Data
    queues: Queues
    delivery: Delivery
    mail: Mail


class Configuration(Part):
    """One parameter, from which instances read all settings that are no secrets."""

    def __init__(self, scope: Construct, plan: Plan, of: Made) -> None:
        super().__init__(scope, "configuration", plan, about="Settings that are no secrets")
        made = settings.Made(
            database_host=of.data.database_host,
            cache_host=of.data.cache.attr_primary_end_point_address,
            signing_key_id=of.delivery.signing_key_id,
            queue_urls={lane: queue.queue_url for lane, queue in of.queues.lanes.items()},
            returned_mail_topic=of.mail.returned.topic_arn,
        )
        text = settings.as_text(settings.of_service(plan.names, plan.size, made))
        parameter = ssm.CfnParameter(
            self, "Settings", name=plan.names.settings, type="String", value=text
        )
        cdk.CfnOutput(self, "SettingsParameter", value=parameter.ref)
