"""Roles: who instances are, and what keys that are lent can do at most. All is said in `grants`."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from deploy.aws import grants
from deploy.aws.names import HOLDERS, IDENTITIES, PREFIX
from deploy.aws.part import Part, Plan

LENT_SECONDS = 3600


class Identities(Part):
    """A role for each kind of instance, with its log, and one for each kind of key that is lent."""

    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "identities", plan, about="Roles, each with just what it needs")
        self.profiles = {who: self._instances(who) for who in IDENTITIES}
        for to in HOLDERS:
            self._holders(to)

    def _instances(self, who: str) -> iam.CfnInstanceProfile:
        log = logs.CfnLogGroup(
            self,
            f"{who.title()}Log",
            log_group_name=f"/{PREFIX}/{who}",
            retention_in_days=self.plan.size.log_days,
        )
        log.apply_removal_policy(cdk.RemovalPolicy.DESTROY)
        role = self._role(who, grants.trust_of_instances(), grants.of_instances(self.names, who))
        return iam.CfnInstanceProfile(
            self,
            f"{who.title()}Profile",
            instance_profile_name=self.names.role(who),
            roles=[role.ref],
        )

    def _holders(self, to: str) -> None:
        trust = grants.trust_of_holders(self.names, to)
        lent = self._role(to, trust, grants.of_holders(self.names, to))
        lent.max_session_duration = LENT_SECONDS
        # A trust policy can only name a role that is there.
        lent.node.add_dependency(self.profiles[grants.lenders(to)])

    def _role(self, who: str, trust: dict[str, Any], granted: list[grants.Grant]) -> iam.CfnRole:
        role = iam.CfnRole(
            self,
            f"{who.title().replace('-', '')}Role",
            role_name=self.names.role(who),
            assume_role_policy_document=trust,
            policies=[
                iam.CfnRole.PolicyProperty(policy_name=who, policy_document=grants.policy(granted))
            ],
        )
        # IAM has no place for reasons; the template keeps them beside the policy.
        role.add_metadata("Reasons", {grant.sid: grant.reason for grant in granted})
        return role
