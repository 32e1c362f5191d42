"""Each row of the two reference architectures is there, in every size.

Media sharing has eight numbered parts, file synchronisation seven. Where they name a service that
has a better successor today, the successor is looked for.
"""

import json
from typing import Any

import pytest

from deploy.aws.names import LANES
from deploy.aws.sizes import ROLES, SIZES
from mediashare import celery
from tests import stacks
from tests.stacks import Stacks

# The first of these may have to fetch the CDK, and makes all templates.
pytestmark = [pytest.mark.xdist_group("stacks"), pytest.mark.timeout(500)]


@pytest.fixture(params=sorted(SIZES))
def site(request) -> Stacks:
    return stacks.of_size(request.param)


def group_of(site: Stacks, role: str) -> dict[str, Any]:
    return site.one("AutoScaling::AutoScalingGroup", AutoScalingGroupName=f"mediashare-{role}")


def settings_of(site: Stacks) -> str:
    return json.dumps(site.one("SSM::Parameter", "configuration")["Value"])


def allowed(site: Stacks, role: str) -> list[dict[str, Any]]:
    made = site.one("IAM::Role", RoleName=f"mediashare-{role}")
    return [each for policy in made["Policies"] for each in policy["PolicyDocument"]["Statement"]]


def test_media_sharing_1_uploads_have_servers_of_their_own_that_scale_behind_a_balancer(site):
    group = group_of(site, "uploads")
    rules = site.find(
        "ElasticLoadBalancingV2::ListenerRule",
        "uploads",
        Conditions=[{"HostHeaderConfig": {"Values": ["uploads.photos.example.org"]}}],
    )

    assert len(rules) == 1
    assert len(group["TargetGroupARNs"]) == 2
    assert group["HealthCheckType"] == "ELB"
    assert int(group["MaxSize"]) > int(group["MinSize"]) >= 1
    assert site.one("AutoScaling::ScalingPolicy", "uploads", PolicyType="TargetTrackingScaling")
    assert site.find("CloudWatch::Alarm", AlarmName="mediashare-uploads-fails")
    assert site.one("Route53::RecordSet", "uploads", Name="uploads.photos.example.org")


def test_media_sharing_2_originals_are_in_s3_with_their_versions(site):
    bucket = site.one(
        "S3::Bucket", VersioningConfiguration={"Status": "Enabled"}, **named("originals")
    )

    closed = bucket["PublicAccessBlockConfiguration"]
    assert len(closed) == 4
    assert set(closed.values()) == {True}
    (rule,) = [
        each
        for each in bucket["LifecycleConfiguration"]["Rules"]
        if "NoncurrentVersionExpiration" in each
    ]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] >= 14


def named(bucket: str) -> dict[str, Any]:
    return {"BucketName": Named(bucket)}


class Named(str):
    """A bucket's name without the account and region behind it."""

    def __eq__(self, other: object) -> bool:
        return str(other).startswith(f"mediashare-{self!s}-")

    __hash__ = str.__hash__


def test_media_sharing_3_web_servers_submit_work_by_messages_in_sqs(site):
    names = {each["QueueName"] for each in site.find("SQS::Queue")}

    assert names == {f"mediashare-{lane}{kind}" for lane in LANES for kind in ("", "-dead")}
    assert set(LANES) == celery.QUEUES.keys()
    for lane in LANES:
        queue = site.one("SQS::Queue", QueueName=f"mediashare-{lane}")
        assert queue["RedrivePolicy"]["maxReceiveCount"] >= 5
        assert queue["VisibilityTimeout"] == 180
    for role in ROLES:
        assert any("sqs:SendMessage" in each["Action"] for each in allowed(site, role))
        assert not takes_work(site, role)
    assert takes_work(site, "worker")


def takes_work(site: Stacks, role: str) -> bool:
    return any(
        "sqs:ReceiveMessage" in each["Action"]
        and any(name.endswith(":mediashare-media") for name in each["Resource"])
        for each in allowed(site, role)
    )


def test_media_sharing_4_a_fleet_of_its_own_processes_mostly_on_spot(site):
    groups = {
        each["AutoScalingGroupName"]: each
        for each in site.find("AutoScaling::AutoScalingGroup", "workers")
    }

    for lane in ("interactive", "media"):
        group = groups[f"mediashare-worker-{lane}"]
        mixed = group["MixedInstancesPolicy"]
        spread = mixed["InstancesDistribution"]
        assert spread["SpotAllocationStrategy"] == "capacity-optimized"
        assert spread["OnDemandPercentageAboveBaseCapacity"] <= 20
        assert len(mixed["LaunchTemplate"]["Overrides"]) >= 4
        assert group["CapacityRebalance"] is True
        reserve = groups[f"mediashare-worker-{lane}-reserve"]
        assert reserve["MinSize"] == "0"
        share = reserve["MixedInstancesPolicy"]["InstancesDistribution"]
        assert share["OnDemandPercentageAboveBaseCapacity"] == 100


def test_media_sharing_4_the_fleet_follows_its_backlog_and_leaves_in_order(site):
    assert site.find("AutoScaling::ScalingPolicy", "workers") == []
    assert "WORKER_GROUPS=interactive=mediashare-worker-interactive" in settings_of(site)
    assert any(
        "autoscaling:SetDesiredCapacity" in each["Action"] for each in allowed(site, "timer")
    )
    hooks = site.find("AutoScaling::LifecycleHook", "workers")
    assert len(hooks) == len(site.find("AutoScaling::AutoScalingGroup", "workers"))
    assert {each["HeartbeatTimeout"] for each in hooks} == {180}
    for group in site.find("AutoScaling::AutoScalingGroup", "workers"):
        assert "DesiredCapacity" not in group


def test_media_sharing_5_outputs_are_in_s3_in_a_cheaper_class_than_originals(site):
    renditions = site.one("S3::Bucket", **named("renditions"))
    originals = site.one("S3::Bucket", **named("originals"))

    assert classes(renditions) == ["ONEZONE_IA"]
    assert classes(originals) == ["INTELLIGENT_TIERING"]
    assert "VersioningConfiguration" not in renditions


def classes(bucket: dict[str, Any]) -> list[str]:
    return [
        transition["StorageClass"]
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        for transition in rule.get("Transitions", [])
    ]


def test_media_sharing_6_media_data_is_in_a_relational_database(site):
    database = site.one("RDS::DBInstance")
    wanted = SIZES[site.folder.name].database

    assert database["Engine"] == "postgres"
    assert database["StorageEncrypted"] is True
    assert database["DeletionProtection"] is True
    assert database["MultiAZ"] is wanted.has_standby
    assert database["BackupRetentionPeriod"] == wanted.backup_days >= 7
    assert len(site.find("RDS::DBProxy")) == wanted.has_proxy


def test_media_sharing_7_a_third_fleet_hosts_the_website(site):
    groups = [group_of(site, role) for role in ROLES]

    assert len({group["AutoScalingGroupName"] for group in groups}) == 3
    assert site.one("Route53::RecordSet", "website", Name="photos.example.org")
    assert site.one(
        "ElasticLoadBalancingV2::ListenerRule",
        "website",
        Conditions=[{"HostHeaderConfig": {"Values": ["photos.example.org"]}}],
    )


def test_media_sharing_8_cloudfront_delivers_to_whoever_has_a_signature(site):
    config = site.one("CloudFront::Distribution")["DistributionConfig"]

    behaviours = [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    assert all(len(each["TrustedKeyGroups"]) == 1 for each in behaviours)
    assert all(each["ViewerProtocolPolicy"] == "https-only" for each in behaviours)
    assert all("OriginAccessControlId" in origin for origin in config["Origins"])
    assert config["Aliases"] == ["media.photos.example.org"]
    names = site.find("Route53::RecordSet", "delivery", Name="media.photos.example.org")
    assert {each["Type"] for each in names} == {"A", "AAAA"}
    assert {each["PathPattern"]: each["TargetOriginId"] for each in config["CacheBehaviors"]} == {
        "/renditions/*": "renditions",
        "/archives/*": "renditions",
        "/originals/*": "originals",
        "/folders/*": "originals",
    }
    assert "DELIVERY=cloudfront" in settings_of(site)


def test_file_sync_1_its_endpoint_is_a_group_of_servers_that_scales_behind_a_balancer(site):
    group = group_of(site, "sync")

    assert len(group["TargetGroupARNs"]) == 3
    assert site.one("AutoScaling::ScalingPolicy", "sync")
    assert site.one("Route53::RecordSet", "sync", Name="sync.photos.example.org")
    assert site.one("Route53::RecordSet", "sync", Name="waiting.photos.example.org")
    assert site.one("ElasticLoadBalancingV2::TargetGroup", "sync", Port=8001)


def test_file_sync_2_clients_ask_the_service_for_a_token(site):
    paths = [
        rule["Conditions"][1]["PathPatternConfig"]["Values"]
        for rule in site.find("ElasticLoadBalancingV2::ListenerRule", "sync")
    ]

    assert ["/sync/v1/*"] in paths
    assert "SYNC_ROLE_ARN=arn:aws:iam::000000000000:role/mediashare-folder-keys" in settings_of(
        site
    )


def test_file_sync_3_sts_gives_keys_that_die_within_the_hour_and_are_tagged(site):
    role = site.one("IAM::Role", RoleName="mediashare-folder-keys")

    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert role["MaxSessionDuration"] == 3600
    assert trust["Principal"] == {"AWS": "arn:aws:iam::000000000000:role/mediashare-sync"}
    assert trust["Action"] == ["sts:AssumeRole", "sts:TagSession"]
    for statement in allowed(site, "folder-keys"):
        (resource,) = statement["Resource"]
        assert resource.endswith("/${aws:PrincipalTag/prefix}*")


def test_file_sync_4_clients_send_parts_of_large_files_to_s3_by_themselves(site):
    (send,) = [each for each in allowed(site, "folder-keys") if each["Sid"] == "SendParts"]

    assert send["Action"] == ["s3:PutObject"]
    cors = site.one("S3::Bucket", **named("originals"))["CorsConfiguration"]["CorsRules"]
    assert cors[0]["AllowedMethods"] == ["GET", "HEAD", "PUT"]
    assert "x-amz-checksum-sha256" in cors[0]["ExposedHeaders"]


def test_file_sync_5_entries_and_versions_are_in_a_dynamodb_table_that_grows_by_itself(site):
    table = site.one("DynamoDB::Table", TableName="mediashare-journal")

    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]] == [
        ("pk", "HASH"),
        ("sk", "RANGE"),
    ]
    assert "SYNC_JOURNAL=dynamodb" in settings_of(site)


def test_file_sync_6_followers_get_mail_by_ses_and_what_bounces_is_told_of(site):
    identity = site.one("SES::EmailIdentity", EmailIdentity="photos.example.org")
    told = site.one("SNS::Subscription", Protocol="https")

    assert "ConfigurationSetAttributes" in identity
    assert told["Endpoint"] == "https://photos.example.org/mail/notices/"
    (events,) = site.find("SES::ConfigurationSetEventDestination")
    assert events["EventDestination"]["MatchingEventTypes"] == ["bounce", "complaint"]


def test_file_sync_7_other_clients_ask_for_newer_versions_of_the_table_alone(site):
    (keep,) = [each for each in allowed(site, "sync") if each["Sid"] == "KeepJournal"]

    assert "dynamodb:Query" in keep["Action"]
    assert "dynamodb:Scan" not in keep["Action"]
    assert keep["Resource"] == [
        f"arn:aws:dynamodb:{stacks.REGIONS[site.folder.name]}:000000000000:table/mediashare-journal"
    ]
