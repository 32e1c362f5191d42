"""How an instance begins and ends, whichever group it is in.

Its first words are few: it fetches the release that it was started for, and has that do the rest
(`deploy/aws/instance/`). Metadata need a token, so that no request that is passed on by mistake
reads the keys of a role.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2

from deploy.aws.identities import Identities
from deploy.aws.names import PREFIX
from deploy.aws.network import Network
from deploy.aws.part import Part

# Debian publishes where its newest image is; a deployment takes what is there then.
IMAGE = "{{resolve:ssm:/aws/service/debian/release/12/latest/amd64}}"
# A worker has 90 seconds for its jobs and then gives them back; its unit is given 120.
LEAVING_SECONDS = 180
# A new instance installs the release and says that it serves.
READY = "PT15M"


@dataclass(frozen=True)
class Ground:
    """What every instance stands on."""

    network: Network
    identities: Identities


@dataclass(frozen=True)
class Machine:
    """What the instances of a group are: whose role they have, and which units they run. The
    group is a `resource` of its stack."""

    group: str
    who: str
    units: tuple[str, ...]
    resource: str = "Group"
    disk_gib: int = 20
    type: str | None = None
    # Security groups beside that of all instances; and where it is, if no group says so.
    reached_by: tuple[str, ...] = ()
    subnet: str | None = None


FIRST_WORDS = """\
#!/bin/bash
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
# While the machine starts, others have apt's locks, and mirrors may stumble.
for attempt in 1 2 3 4 5 6; do
    apt-get update --quiet=2 \\
        && apt-get install --quiet=2 --yes awscli curl python3-venv && break
    sleep $((10 * attempt))
done
release=/opt/mediashare/releases/{release}
mkdir --parents $release
aws s3 cp --region {region} s3://{bucket}/{release}/mediashare.tar.gz - \\
    | tar --extract --gzip --directory=$release
exec $release/deploy/aws/instance/install {region} {who} {stack} {resource} {units}
"""


def launch_template(part: Part, name: str, machine: Machine, on: Ground) -> ec2.CfnLaunchTemplate:
    """What an instance of the group is; its units are started once the release is installed."""
    words = FIRST_WORDS.format(
        release=part.plan.site.release,
        region=part.plan.site.region,
        bucket=part.names.bucket("releases"),
        stack=part.stack_name,
        who=machine.who,
        resource=machine.resource,
        units=" ".join(machine.units),
    )
    of = ec2.CfnLaunchTemplate
    tags = [
        cdk.CfnTag(key=key, value=value)
        for key, value in {
            "Name": machine.group,
            "project": PREFIX,
            "size": part.plan.size.name,
            "part": part.node.id,
        }.items()
    ]
    return of(
        part,
        f"{name}Template",
        launch_template_name=machine.group,
        launch_template_data=of.LaunchTemplateDataProperty(
            image_id=IMAGE,
            instance_type=machine.type,
            iam_instance_profile=of.IamInstanceProfileProperty(
                arn=on.identities.profiles[machine.who].attr_arn
            ),
            metadata_options=of.MetadataOptionsProperty(
                http_tokens="required",
                http_put_response_hop_limit=1,
                # An instance knows by its tags which group it is of.
                instance_metadata_tags="enabled",
            ),
            network_interfaces=[
                of.NetworkInterfaceProperty(
                    device_index=0,
                    groups=[on.network.instance.security_group_id, *machine.reached_by],
                    subnet_id=machine.subnet,
                    associate_public_ip_address=part.plan.size.nat_gateways == 0,
                )
            ],
            block_device_mappings=[
                of.BlockDeviceMappingProperty(
                    device_name="/dev/xvda",
                    ebs=of.EbsProperty(
                        volume_size=machine.disk_gib, volume_type="gp3", encrypted=True
                    ),
                )
            ],
            tag_specifications=[
                of.TagSpecificationProperty(resource_type=kind, tags=tags)
                for kind in ("instance", "volume")
            ],
            user_data=cdk.Fn.base64(words),
        ),
    )


def of_types(
    template: ec2.CfnLaunchTemplate, types: Sequence[str]
) -> autoscaling.CfnAutoScalingGroup.LaunchTemplateProperty:
    """Instances of the first of these types that can be had."""
    of = autoscaling.CfnAutoScalingGroup
    return of.LaunchTemplateProperty(
        launch_template_specification=newest(template),
        overrides=[of.LaunchTemplateOverridesProperty(instance_type=each) for each in types],
    )


def newest(
    template: ec2.CfnLaunchTemplate,
) -> autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty:
    return autoscaling.CfnAutoScalingGroup.LaunchTemplateSpecificationProperty(
        launch_template_id=template.ref, version=template.attr_latest_version_number
    )


def rolls_out(group: autoscaling.CfnAutoScalingGroup, *, least: int, most: int) -> None:
    """A tenth of the most at once and never fewer than the least; a deployment whose instances do
    not serve is taken back. Of a group that may have one only, the old one goes first."""
    group.cfn_options.update_policy = cdk.CfnUpdatePolicy(
        auto_scaling_rolling_update=cdk.CfnAutoScalingRollingUpdate(
            max_batch_size=max(1, most // 10),
            min_instances_in_service=min(least, most - 1),
            wait_on_resource_signals=True,
            pause_time=READY,
            suspend_processes=[
                *("HealthCheck", "ReplaceUnhealthy", "AZRebalance"),
                *("AlarmNotification", "ScheduledActions"),
            ],
        )
    )
    if least:
        group.cfn_options.creation_policy = cdk.CfnCreationPolicy(
            resource_signal=cdk.CfnResourceSignal(count=least, timeout=READY)
        )


def leaves_in_order(part: Part, name: str, group: autoscaling.CfnAutoScalingGroup) -> None:
    """Whoever is told to go has time for what it is at; `leaving` on the instance says when."""
    autoscaling.CfnLifecycleHook(
        part,
        f"{name}Leaving",
        auto_scaling_group_name=group.ref,
        lifecycle_transition="autoscaling:EC2_INSTANCE_TERMINATING",
        heartbeat_timeout=LEAVING_SECONDS,
        default_result="CONTINUE",
    )
