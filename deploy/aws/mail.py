"""Mail to followers: SES signs for the site's domain, and tells of what came back by SNS."""

from aws_cdk import aws_route53 as route53
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from constructs import Construct

from deploy.aws.addresses import Addresses
from deploy.aws.names import PREFIX
from deploy.aws.part import Part, Plan


class Mail(Part):
    """What is `returned` is told of there; `Watch` has the site hear it, once there is a site."""

    def __init__(self, scope: Construct, plan: Plan, addresses: Addresses) -> None:
        super().__init__(scope, "mail", plan, about="Mail by SES, bounces by SNS")
        self.returned = sns.Topic(self, "Returned", topic_name=f"{PREFIX}-returned-mail")
        self.configuration = ses.ConfigurationSet(
            self,
            "Configuration",
            configuration_set_name=PREFIX,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            tls_policy=ses.ConfigurationSetTlsPolicy.REQUIRE,
        )
        self.configuration.add_event_destination(
            "Bounces",
            destination=ses.EventDestination.sns_topic(self.returned),
            events=[ses.EmailSendingEvent.BOUNCE, ses.EmailSendingEvent.COMPLAINT],
        )
        self.identity = ses.EmailIdentity(
            self,
            "Identity",
            identity=ses.Identity.public_hosted_zone(addresses.zone),
            configuration_set=self.configuration,
            mail_from_domain=f"mail.{plan.site.domain}",
        )
        route53.TxtRecord(
            self,
            "Dmarc",
            zone=addresses.zone,
            record_name=f"_dmarc.{plan.site.domain}",
            values=["v=DMARC1; p=quarantine; adkim=s"],
        )
