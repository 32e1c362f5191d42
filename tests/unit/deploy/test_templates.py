"""What holds for all templates: CloudFormation takes them; closed, encrypted and tagged."""

import json
from typing import Any

import pytest

from deploy.aws.sizes import SIZES
from mediashare.aws import buckets
from tests import stacks
from tests.stacks import Stacks

# The first of these may have to fetch the CDK, and makes all templates.
pytestmark = [pytest.mark.xdist_group("stacks"), pytest.mark.timeout(500)]

# Where a site's region is not that of CloudFront's certificates, the CDK carries values between the
# two by resources of its own, of which it says twice what waits for what.
OF_THE_CDK = "W3005:'CustomCrossRegionExport"


@pytest.fixture(params=sorted(SIZES))
def site(request) -> Stacks:
    return stacks.of_size(request.param)


def test_the_linter_of_cloudformation_finds_nothing():
    templates = sorted(stacks.examples().rglob("*.template.json"))

    found = [line for line in stacks.lint(templates) if OF_THE_CDK not in line]

    assert len(templates) == 18 * len(SIZES)
    assert found == []


def test_the_cdk_itself_finds_nothing(site):
    """It knows some of what CloudFormation refuses that the linter does not."""
    report = json.loads((site.folder / "validation-report.json").read_text())

    assert report["pluginReports"] == []


def test_every_size_has_every_part_and_no_value_has_to_be_looked_up(site):
    assembly = json.loads((site.folder / "manifest.json").read_text())

    assert list(site.templates) == list(stacks.of_size("company").templates)
    assert assembly.get("missing", []) == []


def test_nothing_but_balancers_is_reached_from_everywhere(site):
    open_to_all = [
        rule["ToPort"]
        for group in site.find("EC2::SecurityGroup")
        for rule in group.get("SecurityGroupIngress", [])
        if rule.get("CidrIp") == "0.0.0.0/0"
    ]
    rules = site.find("EC2::SecurityGroupIngress")

    assert sorted(open_to_all) == [80, 443]
    assert all("SourceSecurityGroupId" in rule for rule in rules)


def test_every_bucket_is_closed_encrypted_and_kept(site):
    found = [
        each
        for each in site.templates["storage"]["Resources"].values()
        if each["Type"] == "AWS::S3::Bucket"
    ]

    assert len(found) == 4
    for bucket in found:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
        assert "BucketEncryption" in bucket["Properties"]
        assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    policies = site.find("S3::BucketPolicy")
    sids = [{each["Sid"] for each in one["PolicyDocument"]["Statement"]} for one in policies]
    assert all("OnlyEncrypted" in each for each in sids)


def test_what_cannot_be_made_again_is_not_deleted_with_its_stack(site):
    kept = {
        found["Type"]: found["DeletionPolicy"]
        for template in site.templates.values()
        for found in template["Resources"].values()
        if found["Type"] in {"AWS::RDS::DBInstance", "AWS::DynamoDB::Table"}
        or found["Type"] in {"AWS::SecretsManager::Secret", "AWS::Route53::HostedZone"}
    }

    assert kept == {
        "AWS::RDS::DBInstance": "Snapshot",
        "AWS::DynamoDB::Table": "Retain",
        "AWS::SecretsManager::Secret": "Retain",
        "AWS::Route53::HostedZone": "Retain",
    }


def test_no_secret_stands_in_a_template(site):
    database = site.one("RDS::DBInstance")

    assert "resolve:secretsmanager" in json.dumps(database["MasterUserPassword"])
    assert "PRIVATE KEY" not in "".join(map(json.dumps, site.templates.values()))


def test_instances_give_their_roles_keys_to_nobody_else_and_have_encrypted_disks(site):
    for template in site.find("EC2::LaunchTemplate"):
        data = template["LaunchTemplateData"]
        assert data["MetadataOptions"]["HttpTokens"] == "required"
        assert data["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
        assert all(disk["Ebs"]["Encrypted"] for disk in data["BlockDeviceMappings"])
        assert "KeyName" not in data


def test_a_rollout_waits_for_instances_that_serve_and_keeps_as_many_as_there_must_be(site):
    for template in site.templates.values():
        for found in template["Resources"].values():
            if found["Type"] != "AWS::AutoScaling::AutoScalingGroup":
                continue
            rolling = found["UpdatePolicy"]["AutoScalingRollingUpdate"]
            least, most = (int(found["Properties"][each]) for each in ("MinSize", "MaxSize"))
            assert rolling["WaitOnResourceSignals"] is True
            assert rolling["MinInstancesInService"] == min(least, most - 1)


def test_requests_under_way_are_ended_before_a_server_goes(site):
    for targets in site.find("ElasticLoadBalancingV2::TargetGroup"):
        attributes = {each["Key"]: each["Value"] for each in targets["TargetGroupAttributes"]}
        assert attributes["deregistration_delay.timeout_seconds"] == "45"
        assert targets["HealthCheckPath"] == "/readyz"


def test_sizes_above_the_smallest_have_a_firewall_and_balancers_of_their_own(site):
    size = SIZES[site.folder.name]

    assert len(site.find("WAFv2::WebACL")) == 2 * size.has_firewall
    assert len(site.find("ElasticLoadBalancingV2::LoadBalancer")) == (
        3 if size.own_balancers else 1
    )
    assert len(site.find("WAFv2::WebACLAssociation")) == 3 * size.has_firewall


def test_every_alarm_says_what_to_do_and_tells_somebody(site):
    found = site.find("CloudWatch::Alarm")

    assert len(found) > 20
    for alarm in found:
        assert len(alarm["AlarmDescription"]) > 60
        assert alarm["AlarmActions"]
    told = site.one("SNS::Topic", "watch")
    assert told["Subscription"] == [{"Protocol": "email", "Endpoint": "operator@example.org"}]


def test_somebody_hears_of_costs_before_they_are_there(site):
    budget = site.one("Budgets::Budget")

    kinds = {
        each["Notification"]["NotificationType"] for each in budget["NotificationsWithSubscribers"]
    }
    assert kinds == {"ACTUAL", "FORECASTED"}
    assert budget["Budget"]["BudgetLimit"]["Amount"] == SIZES[site.folder.name].budget_dollars


def test_what_can_be_tagged_says_whose_cost_it_is(site):
    for stack, template in site.templates.items():
        for found in template["Resources"].values():
            tags = found.get("Properties", {}).get("Tags")
            if isinstance(tags, list):
                assert {"Key": "part", "Value": stack} in [tag_of(each) for each in tags]


def tag_of(tag: dict[str, Any]) -> dict[str, Any]:
    return {"Key": tag["Key"], "Value": tag["Value"]}


def test_buckets_let_pages_do_what_they_may_on_one_machine(site):
    for name, methods in [("originals", buckets.READ_AND_SEND), ("renditions", buckets.READ)]:
        (found,) = [
            each
            for each in site.find("S3::Bucket")
            if str(each["BucketName"]).startswith(f"mediashare-{name}-")
        ]
        (rule,) = found["CorsConfiguration"]["CorsRules"]
        assert (rule["AllowedMethods"], rule["ExposedHeaders"]) == (methods, buckets.EXPOSED)
        ends = [
            each["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
            for each in found["LifecycleConfiguration"]["Rules"]
            if "AbortIncompleteMultipartUpload" in each
        ]
        assert ends == [buckets.ABANDONED_AFTER_DAYS]
