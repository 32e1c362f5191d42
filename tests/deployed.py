"""The AWS stacks, deployed whole to a stand-in, which is then what the service runs on."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.contracts import standins
from tests.stacks import Stacks

# What the stand-in does not know, and is taken out of templates: for each, why nothing of what is
# tried there needs it.
UNKNOWN = {
    "AWS::CloudFront::KeyGroup": "who may sign; the edge of the tests has the key itself",
    "AWS::CloudFront::PublicKey": "the same",
    "AWS::EC2::SecurityGroupIngress": "the stand-in has no network",
    "AWS::EC2::SecurityGroupEgress": "the same",
    "AWS::EC2::NatGateway": "the same",
    "AWS::EC2::EIP": "the same",
    "AWS::EC2::InstanceConnectEndpoint": "the same",
    "AWS::RDS::DBProxy": "the database of the tests is reached as it is",
    "AWS::RDS::DBProxyTargetGroup": "the same",
    "AWS::WAFv2::WebACLAssociation": "the stand-in has no balancer that could be asked",
    "AWS::Budgets::Budget": "nothing costs anything",
}
# Attributes that it does not tell, which become their own names.
UNTOLD = {
    *(f"DkimDNSToken{what}{number}" for what in ("Name", "Value") for number in (1, 2, 3)),
}
# Nor does it have what AWS publishes, as the newest image of Debian.
PUBLISHED = "{{resolve:ssm:/aws/service/"
CREATED = "CREATE_COMPLETE"
PATIENCE_SECONDS = 120


@dataclass(frozen=True)
class Deployment:
    """Stacks on a stand-in at `address`."""

    address: str
    states: Mapping[str, Mapping[str, str]]

    def client(self, service: str) -> Any:
        return standins.client(service, self.address)


def deploy(stacks: Stacks, address: str) -> Deployment:
    """Create every stack, in order; the states of their resources. Fails with what a stack says."""
    formation = standins.client("cloudformation", address)
    states = {}
    for name, template in stacks.templates.items():
        stack = f"mediashare-{name}"
        formation.create_stack(
            StackName=stack,
            TemplateBody=json.dumps(known(template)),
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        _wait(formation, stack)
        states[name] = {
            each["LogicalResourceId"]: each["ResourceStatus"]
            for each in formation.describe_stack_resources(StackName=stack)["StackResources"]
        }
    return Deployment(address, states)


def known(template: Mapping[str, Any]) -> dict[str, Any]:
    """The template without what the stand-in does not know, and what refers to that."""
    gone = {name for name, found in template["Resources"].items() if found["Type"] in UNKNOWN}
    resources = {
        name: _without(found, gone)
        for name, found in template["Resources"].items()
        if name not in gone
    }
    return {
        **template,
        "Resources": resources,
        "Outputs": _without(template.get("Outputs", {}), gone),
    }


def _without(value: Any, gone: set[str]) -> Any:
    """A value whose references to what is gone are names instead."""
    match value:
        case {"Ref": str()} | {"Fn::GetAtt": [str(), str()]}:
            return _name_of(value, gone)
        case {"DependsOn": list(needed), **rest}:
            return {**_without(rest, gone), "DependsOn": [it for it in needed if it not in gone]}
        case str() if value.startswith(PUBLISHED):
            return "ami-0123456789abcdef0"
        case dict():
            return {key: _without(each, gone) for key, each in value.items()}
        case list():
            return [_without(each, gone) for each in value]
    return value


def _name_of(reference: dict[str, Any], gone: set[str]) -> Any:
    """What a reference is to a stand-in: itself, or a name for what it cannot tell."""
    ((_, to),) = reference.items()
    name, attribute = (to, "Ref") if isinstance(to, str) else to
    return f"{name}-{attribute}" if name in gone or attribute in UNTOLD else reference


def _wait(formation: Any, stack: str) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        (found,) = formation.describe_stacks(StackName=stack)["Stacks"]
        if found["StackStatus"] == CREATED:
            return
        assert found["StackStatus"].endswith("_IN_PROGRESS"), f"{stack}: {_why(formation, stack)}"
        assert time.monotonic() < ends_at, f"{stack} is {found['StackStatus']}"
        time.sleep(0.1)


def _why(formation: Any, stack: str) -> list[str]:
    events = formation.describe_stack_events(StackName=stack)["StackEvents"]
    return [
        f"{each['LogicalResourceId']}: {each['ResourceStatusReason']}"
        for each in events
        if each.get("ResourceStatusReason")
    ]
