"""What holds for all templates: CloudFormation takes them; closed, encrypted and tagged."""

import json
import re
from typing import Any

import pytest

from deploy.aws.names import IDENTITIES
from deploy.aws.sizes import SIZES
from mediashare.aws import buckets
from mediashare.embedded.home import PROJECT
from sync.server.waiting import serving
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

    assert len(templates) == 19 * len(SIZES)
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


def test_instances_for_commands_are_reached_from_their_endpoint_alone_and_run_nothing(site):
    (endpoint,) = site.find("EC2::InstanceConnectEndpoint", "commands")
    (template,) = site.find("EC2::LaunchTemplate", "commands")
    groups = site.find("EC2::SecurityGroup", "commands")

    rules = [rule for group in groups for rule in group.get("SecurityGroupIngress", [])]
    assert [rule["SourceSecurityGroupId"] for rule in rules] == endpoint["SecurityGroupIds"]
    (interface,) = template["LaunchTemplateData"]["NetworkInterfaces"]
    assert len(interface["Groups"]) == 2
    # EC2 takes no subnet beside a template that has interfaces.
    assert interface["SubnetId"] == endpoint["SubnetId"]
    words = template["LaunchTemplateData"]["UserData"]["Fn::Base64"].splitlines()[-1]
    assert words.split()[-2:] == ["mediashare-commands", "Group"]
    assert site.find("AutoScaling::AutoScalingGroup", "commands") == []


def test_stacks_that_cannot_be_made_again_are_not_deleted_by_one_word(site):
    assembly = json.loads((site.folder / "manifest.json").read_text())["artifacts"]

    kept = {
        name
        for name, found in assembly.items()
        if found.get("properties", {}).get("terminationProtection")
    }
    assert kept == {"addresses", "storage", "data"}


def test_every_log_ends_someday(site):
    names = {each["LogGroupName"] for each in site.find("Logs::LogGroup")}

    assert {f"/mediashare/{who}" for who in IDENTITIES} < names
    assert "/aws/rds/instance/mediashare/postgresql" in names
    days = SIZES[site.folder.name].log_days
    assert {each["RetentionInDays"] for each in site.find("Logs::LogGroup")} == {days}


def test_while_two_releases_are_there_a_browser_stays_with_the_server_that_gave_it_its_page(site):
    """Scripts and styles are named by their contents, and a server has those of one release."""
    staying = [
        targets["Name"]
        for targets in site.find("ElasticLoadBalancingV2::TargetGroup")
        if {"Key": "stickiness.enabled", "Value": "true"} in targets["TargetGroupAttributes"]
    ]

    assert staying == ["mediashare-website"]


def test_servers_keep_a_connection_for_longer_than_balancers_do(site):
    """Else a request now and then meets a connection that is just being closed, and gets 502."""
    (idle,) = {
        int(each["Value"])
        for balancer in site.find("ElasticLoadBalancingV2::LoadBalancer")
        for each in balancer["LoadBalancerAttributes"]
        if each["Key"] == "idle_timeout.timeout_seconds"
    }
    unit = (PROJECT / "deploy/server/units/mediashare-web@.service").read_text()
    (kept,) = re.findall(r"--keep-alive=(\d+)", unit)

    assert int(kept) > idle
    assert idle < serving.KEEP_ALIVE_SECONDS


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


def test_no_rule_of_the_firewall_refuses_what_people_write(site):
    """Names of files and words about pictures may look like paths, addresses or scripts."""
    rules = [rule for acl in site.find("WAFv2::WebACL", "balancers") for rule in acl["Rules"]]
    sets = [
        rule["Statement"]["ManagedRuleGroupStatement"]
        for rule in rules
        if "ManagedRuleGroupStatement" in rule["Statement"]
    ]

    for found in sets:
        if found["Name"] == "AWSManagedRulesCommonRuleSet":
            counted = {each["Name"] for each in found["RuleActionOverrides"]}
            assert counted == {
                *("SizeRestrictions_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY"),
                *("GenericRFI_BODY", "CrossSiteScripting_BODY"),
            }
    assert bool(sets) is SIZES[site.folder.name].has_firewall


def test_what_crosses_regions_is_read_under_the_name_that_it_is_written_under(site):
    """CloudFront's certificate and firewall are in us-east-1, whatever region the site is in."""
    written: dict[str, set[str]] = {}
    read: dict[str, set[str]] = {}
    for template in site.templates.values():
        for found in template["Resources"].values():
            if found["Type"] == "Custom::CrossRegionExportWriter":
                said = found["Properties"]["WriterProps"]
                written.setdefault(said["region"], set()).update(said["exports"])
            if found["Type"] == "Custom::CrossRegionExportReader":
                said = found["Properties"]["ReaderProps"]
                read.setdefault(said["region"], set()).update(said["imports"])

    home = stacks.REGIONS[site.folder.name]
    assert written == read
    assert set(read) == (set() if home == "us-east-1" else {home, "us-east-1"})
    for stack, wanted in {"edge": "us-east-1", "delivery": home}.items():
        assembly = json.loads((site.folder / "manifest.json").read_text())["artifacts"][stack]
        assert assembly["environment"].endswith(f"/{wanted}")


def test_every_alarm_says_what_to_do_and_tells_somebody(site):
    found = site.find("CloudWatch::Alarm")

    assert len(found) > 20
    for alarm in found:
        assert len(alarm["AlarmDescription"]) > 60
        assert alarm["AlarmActions"]
    told = site.one("SNS::Topic", "watch")
    assert told["Subscription"] == [{"Protocol": "email", "Endpoint": "operator@example.org"}]


def test_every_group_of_targets_has_an_alarm_for_its_errors(site):
    watched = json.dumps(
        site.find("CloudWatch::Alarm", "watch", MetricName="HTTPCode_Target_5XX_Count")
    )

    for stack in ("website", "uploads", "sync"):
        for name, found in site.templates[stack]["Resources"].items():
            if found["Type"] == "AWS::ElasticLoadBalancingV2::TargetGroup":
                assert f"FnGetAtt{name}TargetGroupFullName" in watched


def test_an_alarm_looks_at_a_figure_as_seldom_as_it_comes(site):
    """Minutes without a figure count as good ones, so one in an hour would never raise it."""
    for name in ("Reputation.BounceRate", "Reputation.ComplaintRate"):
        alarm = site.one("CloudWatch::Alarm", MetricName=name)
        assert (alarm["Period"], alarm["EvaluationPeriods"]) == (3600, 1)


def test_a_fleet_that_wants_more_than_it_may_have_is_told_of(site):
    size = SIZES[site.folder.name]
    found = site.find("CloudWatch::Alarm", MetricName="WorkersDesired", EvaluationPeriods=30)

    assert {alarm["Dimensions"][0]["Value"]: alarm["Threshold"] for alarm in found} == {
        fleet.lanes[0]: fleet.most for fleet in size.workers.values()
    }


def test_mail_that_comes_back_is_told_to_a_site_that_is_there(site):
    order = list(site.templates)

    assert site.one("SNS::Subscription", "watch", Protocol="https")
    assert order.index("watch") > order.index("website")


def test_somebody_hears_of_costs_before_they_are_there(site):
    budget = site.one("Budgets::Budget")

    kinds = {
        each["Notification"]["NotificationType"] for each in budget["NotificationsWithSubscribers"]
    }
    assert kinds == {"ACTUAL", "FORECASTED"}
    # The account holds one site; what carries no tag, as what a thief starts, costs money too.
    assert "CostFilters" not in budget["Budget"]
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
