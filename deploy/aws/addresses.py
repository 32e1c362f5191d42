"""The zone in Route 53 that holds all names of the site, and the certificate for them.

This stack goes first and by itself: the certificate is issued once the registrar of the domain
names the zone's servers.
"""

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from deploy.aws.part import Part, Plan


class Addresses(Part):
    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "addresses", plan, about="Names, and the certificate for them")
        # Deleting it takes two steps: not all of it can be made again.
        self.termination_protection = True
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=plan.site.domain)
        self.zone.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=plan.site.domain,
            subject_alternative_names=[f"*.{plan.site.domain}"],
            validation=acm.CertificateValidation.from_dns(self.zone),
        )
        cdk.CfnOutput(
            self,
            "NameServers",
            value=cdk.Fn.join(", ", self.zone.hosted_zone_name_servers or []),
            description="What the registrar of the domain must name",
        )
