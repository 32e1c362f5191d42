"""What CloudFront wants in us-east-1, wherever the site is: its certificate, and its firewall."""

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from deploy.aws import firewall
from deploy.aws.addresses import Addresses
from deploy.aws.part import Part, Plan

REGION = "us-east-1"


class Edge(Part):
    def __init__(self, scope: Construct, plan: Plan, addresses: Addresses) -> None:
        super().__init__(scope, "edge", plan, about="For CloudFront alone", region=REGION)
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=plan.site.host("media"),
            validation=acm.CertificateValidation.from_dns(addresses.zone),
        )
        self.firewall: waf.CfnWebACL | None = None
        if plan.size.has_firewall:
            self.firewall = firewall.web_acl(
                self, scope_name="CLOUDFRONT", rate_limit=plan.size.rate_limit * 10
            )
