"""What all stacks have in common: whose they are, what they are called, and how they are tagged."""

from dataclasses import dataclass

import aws_cdk as cdk
from constructs import Construct

from deploy.aws.names import PREFIX, Names
from deploy.aws.site import Site
from deploy.aws.sizes import SIZES, Size

# The CDK would tag it, and CloudFormation takes no tags of it.
UNTAGGED = ["AWS::RDS::DBProxyTargetGroup"]


@dataclass(frozen=True)
class Plan:
    """What is to be built."""

    site: Site
    size: Size
    names: Names

    @classmethod
    def of(cls, site: Site) -> "Plan":
        return cls(site, SIZES[site.size], Names(site))


class Part(cdk.Stack):
    """A stack that is one part of the architecture."""

    def __init__(
        self, scope: Construct, name: str, plan: Plan, *, about: str, region: str | None = None
    ) -> None:
        super().__init__(
            scope,
            name,
            stack_name=plan.names.stack(name),
            description=about,
            env=cdk.Environment(account=plan.site.account, region=region or plan.site.region),
            cross_region_references=plan.site.region != "us-east-1",
            synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        # What costs how much is told apart by these.
        for key, value in {"project": PREFIX, "size": plan.size.name, "part": name}.items():
            cdk.Tags.of(self).add(key, value, exclude_resource_types=UNTAGGED)
        self.plan = plan
        self.names = plan.names
