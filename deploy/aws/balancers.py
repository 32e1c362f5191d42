"""Load balancers: who reaches the service from outside comes through here, encrypted.

Website, uploads and sync have one each. In the smallest size they share one, which tells them
apart by the name that was asked for.
"""

import aws_cdk as cdk
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from deploy.aws import firewall, grants
from deploy.aws.addresses import Addresses
from deploy.aws.names import PREFIX
from deploy.aws.network import Network
from deploy.aws.part import Part, Plan
from deploy.aws.sizes import ROLES
from deploy.aws.storage import Storage

# A client that waits for changes is answered within a minute; more than this it is never silent.
IDLE_SECONDS = 120


class Balancers(Part):
    """`by_role` and `listeners` hold, for each role, the balancer that serves it."""

    def __init__(
        self,
        scope: Construct,
        plan: Plan,
        network: Network,
        storage: Storage,
        addresses: Addresses,
    ) -> None:
        super().__init__(scope, "balancers", plan, about="Load balancers and their firewall")
        self.network, self.storage, self.addresses = network, storage, addresses
        self.written = s3.CfnBucketPolicy(
            self,
            "LogsPolicy",
            bucket=storage.logs.bucket_name,
            policy_document=grants.of_logs(plan.names),
        )
        if plan.size.own_balancers:
            self.by_role = {role: self._balancer(role) for role in ROLES}
        else:
            self.by_role = dict.fromkeys(ROLES, self._balancer("shared"))
        balancers = list(dict.fromkeys(self.by_role.values()))
        made = [self._listener(balancer) for balancer in balancers]
        self.listeners = {
            role: made[balancers.index(balancer)] for role, balancer in self.by_role.items()
        }
        if plan.size.has_firewall:
            self._guard(balancers)

    def _balancer(self, name: str) -> elb.CfnLoadBalancer:
        balancer = elb.CfnLoadBalancer(
            self,
            name.title(),
            name=f"{PREFIX}-{name}",
            type="application",
            scheme="internet-facing",
            security_groups=[self.network.balancer.security_group_id],
            subnets=self.network.public_subnets,
            load_balancer_attributes=[
                elb.CfnLoadBalancer.LoadBalancerAttributeProperty(key=key, value=value)
                for key, value in {
                    "idle_timeout.timeout_seconds": str(IDLE_SECONDS),
                    "routing.http.drop_invalid_header_fields.enabled": "true",
                    "deletion_protection.enabled": "true",
                    "access_logs.s3.enabled": "true",
                    "access_logs.s3.bucket": self.storage.logs.bucket_name,
                    "access_logs.s3.prefix": PREFIX,
                }.items()
            ],
        )
        balancer.node.add_dependency(self.written)
        return balancer

    def _listener(self, balancer: elb.CfnLoadBalancer) -> elb.CfnListener:
        """In the clear it only sends people to where it is encrypted. An unknown name gets 404."""
        elb.CfnListener(
            self,
            f"{balancer.node.id}Clear",
            load_balancer_arn=balancer.ref,
            port=80,
            protocol="HTTP",
            default_actions=[
                elb.CfnListener.ActionProperty(
                    type="redirect",
                    redirect_config=elb.CfnListener.RedirectConfigProperty(
                        protocol="HTTPS", port="443", status_code="HTTP_301"
                    ),
                )
            ],
        )
        return elb.CfnListener(
            self,
            f"{balancer.node.id}Encrypted",
            load_balancer_arn=balancer.ref,
            port=443,
            protocol="HTTPS",
            ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
            certificates=[
                elb.CfnListener.CertificateProperty(
                    certificate_arn=self.addresses.certificate.certificate_arn
                )
            ],
            default_actions=[
                elb.CfnListener.ActionProperty(
                    type="fixed-response",
                    fixed_response_config=elb.CfnListener.FixedResponseConfigProperty(
                        status_code="404", content_type="text/plain", message_body="not here"
                    ),
                )
            ],
        )

    def _guard(self, balancers: list[elb.CfnLoadBalancer]) -> None:
        rules = firewall.web_acl(self, scope_name="REGIONAL", rate_limit=self.plan.size.rate_limit)
        for balancer in balancers:
            waf.CfnWebACLAssociation(
                self,
                f"{balancer.node.id}Guarded",
                resource_arn=balancer.ref,
                web_acl_arn=cdk.Token.as_string(rules.attr_arn),
            )
