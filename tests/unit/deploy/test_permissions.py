"""What each role may do, and a table of what it must not, by the policies in the templates.

Nothing here knows the CDK: policies are evaluated as AWS does (`tests/iam.py`).
"""

import json
import uuid
from typing import Any

import pytest

from deploy.aws import grants
from deploy.aws.names import HOLDERS, IDENTITIES, LANES, Names
from deploy.aws.site import Site
from mediashare.storage import policies
from tests import iam, stacks
from tests.iam import Asked, Principal

# The first of these may have to fetch the CDK, and makes all templates.
pytestmark = [pytest.mark.xdist_group("stacks"), pytest.mark.timeout(500)]

SITE = Site(
    account="000000000000",
    region="us-east-1",
    domain="photos.example.org",
    operator="operator@example.org",
    size="company",
    release="first",
    public_keys={},
)
NAMES = Names(SITE)
DISTRIBUTION = "arn:aws:cloudfront::000000000000:distribution/E1"
ORIGINALS, RENDITIONS = NAMES.bucket_arn("originals"), NAMES.bucket_arn("renditions")
OWNER, UPLOAD = uuid.UUID(int=1), uuid.UUID(int=2)
PREFIX = f"originals/{OWNER}/{UPLOAD}/"
MADE = {"s3:ObjectCreationOperation": "true"}
PART = {"s3:ObjectCreationOperation": "false"}
ENCRYPTED = {"aws:SecureTransport": "true"}
ONCE = {"s3:if-none-match": "*", **MADE}


def role(who: str) -> Principal:
    """The role as the template has it."""
    made = stacks.of_size("company").one("IAM::Role", RoleName=NAMES.role(who))
    found = tuple(each["PolicyDocument"] for each in made["Policies"])
    return Principal(NAMES.role_arn(who), found)


def bucket_policy(arn: str) -> Any:
    if arn.startswith(ORIGINALS):
        return grants.of_originals(NAMES, DISTRIBUTION)
    return grants.of_renditions(NAMES, DISTRIBUTION) if arn.startswith(RENDITIONS) else None


def may(who: str | Principal, action: str, resource: str, **context: str) -> bool:
    known = {key.replace("__", ":").replace("_", "-"): value for key, value in context.items()}
    return asks(who, action, resource, {**ENCRYPTED, **known})


def asks(who: str | Principal, action: str, resource: str, context: dict[str, str]) -> bool:
    principal = role(who) if isinstance(who, str) else who
    asked = Asked(action, resource, {**ENCRYPTED, **context})
    return iam.allows(principal, asked, bucket=bucket_policy(resource))


QUEUE = {lane: NAMES.queue_arn(NAMES.queue(lane)) for lane in LANES}
DEAD = NAMES.queue_arn(NAMES.dead_letters("media"))
SENDER = {"ses:FromAddress": "noreply@photos.example.org"}
FIGURES = {"cloudwatch:namespace": "mediashare"}
TAGS = {"aws:TagKeys": "prefix", "aws:RequestTag/prefix": PREFIX}

# Who, what, of what, in which circumstances.
NEEDED: list[tuple[str, str, str, dict[str, str]]] = [
    # While one release is rolled out or taken back, groups of both bring new instances.
    *((who, "s3:GetObject", f"{NAMES.bucket_arn('releases')}/{release}/mediashare.tar.gz", {}) for who in IDENTITIES for release in ("first", "second")),
    *((who, "ssm:GetParameter", NAMES.settings_arn, {}) for who in IDENTITIES),
    *((who, "secretsmanager:GetSecretValue", NAMES.secret_arn("DATABASE").replace("?", "x"), {}) for who in IDENTITIES),
    *((who, "sqs:SendMessage", QUEUE["bulk"], {}) for who in IDENTITIES),
    *((who, "logs:PutLogEvents", f"{NAMES.log_group_arn(who)}:log-stream:i-1", {}) for who in IDENTITIES),
    *((who, "dynamodb:Query", NAMES.table_arn, {}) for who in ("website", "sync", "worker")),
    *((who, "dynamodb:ConditionCheckItem", NAMES.table_arn, {}) for who in ("website", "sync", "worker")),
    *((who, "ses:SendRawEmail", NAMES.identity_arn, SENDER) for who in ("website", "sync", "worker")),
    ("website", "sqs:ReceiveMessage", DEAD, {}),
    ("website", "s3:DeleteObject", f"{RENDITIONS}/archives/1/archive.zip", {}),
    ("uploads", "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", PART),
    ("uploads", "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", ONCE),
    ("uploads", "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", {}),
    ("uploads", "s3:AbortMultipartUpload", f"{ORIGINALS}/{PREFIX}original", {}),
    ("uploads", "s3:ListBucket", ORIGINALS, {"s3:prefix": f"{PREFIX}original"}),
    ("uploads", "sts:AssumeRole", NAMES.role_arn("upload-keys"), TAGS),
    ("uploads", "sts:TagSession", NAMES.role_arn("upload-keys"), TAGS),
    ("sync", "s3:PutObject", f"{ORIGINALS}/folders/1/2/notes", ONCE),
    ("sync", "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", {}),
    ("sync", "s3:ListBucket", ORIGINALS, {"s3:prefix": "folders/1/2/"}),
    # Without it a client that fetches lost bytes is told 403, and gives up the folder.
    ("sync", "s3:ListBucket", ORIGINALS, {}),
    ("sync", "sts:AssumeRole", NAMES.role_arn("folder-keys"), {}),
    ("worker", "s3:GetObject", f"{ORIGINALS}/folders/1/2/notes", {}),
    ("worker", "s3:PutObject", f"{RENDITIONS}/renditions/1/image-320-v1.jpg", MADE),
    ("worker", "s3:PutObject", f"{ORIGINALS}/journals/1/0-9.json.gz", ONCE),
    ("worker", "s3:DeleteObject", f"{ORIGINALS}/{PREFIX}original", {}),
    ("worker", "s3:ListBucketMultipartUploads", ORIGINALS, {}),
    *(("worker", f"sqs:{verb}", QUEUE["media"], {}) for verb in ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")),
    # What the book has the operator run: migrate, rebuild_folders, bring_back_objects, reprocess.
    ("commands", "s3:GetObject", f"{ORIGINALS}/journals/1/0-9.json.gz", {}),
    ("commands", "s3:ListBucket", ORIGINALS, {}),
    ("commands", "s3:ListBucketVersions", ORIGINALS, {}),
    ("commands", "s3:DeleteObjectVersion", f"{ORIGINALS}/{PREFIX}original", {}),
    *(("commands", f"dynamodb:{verb}", NAMES.table_arn, {}) for verb in ("Query", "PutItem", "UpdateItem", "ConditionCheckItem")),
    ("timer", "cloudwatch:PutMetricData", "*", FIGURES),
    ("timer", "autoscaling:SetDesiredCapacity", NAMES.group_arn("mediashare-worker-media").replace("*", "1"), {}),
    ("worker", "autoscaling:CompleteLifecycleAction", NAMES.group_arn("mediashare-worker-media").replace("*", "1"), {}),
]  # fmt: skip

REFUSED: list[tuple[str, str, str, dict[str, str]]] = [
    # Nobody writes over an original, reads in the clear, deletes a version or opens a bucket.
    *((who, "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", MADE) for who in IDENTITIES),
    *((who, "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", {"aws:SecureTransport": "false"}) for who in IDENTITIES),
    *((who, "s3:DeleteObjectVersion", f"{ORIGINALS}/{PREFIX}original", {}) for who in IDENTITIES if who != "commands"),
    *((who, verb, ORIGINALS, {}) for who in IDENTITIES for verb in ("s3:PutBucketPolicy", "s3:PutBucketVersioning", "s3:DeleteBucket", "s3:PutLifecycleConfiguration")),
    # Nobody makes themselves more than they are.
    *((who, verb, "*", {}) for who in IDENTITIES for verb in ("iam:PassRole", "iam:PutRolePolicy", "iam:CreateUser", "sts:GetFederationToken", "ec2:RunInstances", "sqs:CreateQueue", "ssm:PutParameter", "kms:Decrypt")),
    *((who, "sts:AssumeRole", NAMES.role_arn(other), TAGS) for who in IDENTITIES for other in IDENTITIES),
    *((who, "secretsmanager:PutSecretValue", NAMES.secret_arn("SECRET_KEY").replace("?", "x"), {}) for who in IDENTITIES),
    *((who, "s3:PutObject", NAMES.bucket_arn("releases") + "/first/mediashare.tar.gz", {}) for who in IDENTITIES),
    *((who, verb, NAMES.table_arn, {}) for who in IDENTITIES for verb in ("dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:UpdateTable")),
    # The website carries no bytes, and takes no work.
    *(("website", verb, f"{ORIGINALS}/{PREFIX}original", ONCE) for verb in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")),
    ("website", "s3:GetObject", f"{RENDITIONS}/renditions/1/a.jpg", {}),
    ("website", "s3:DeleteObject", f"{RENDITIONS}/renditions/1/a.jpg", {}),
    *((who, "sqs:ReceiveMessage", QUEUE["media"], {}) for who in IDENTITIES if who != "worker"),
    ("website", "sts:AssumeRole", NAMES.role_arn("upload-keys"), TAGS),
    # Each endpoint keeps to its own prefix, and lends its own keys.
    ("uploads", "s3:PutObject", f"{ORIGINALS}/folders/1/2/notes", ONCE),
    ("uploads", "s3:GetObject", f"{ORIGINALS}/journals/1/0-9.json.gz", {}),
    ("uploads", "s3:GetObject", f"{RENDITIONS}/renditions/1/a.jpg", {}),
    ("uploads", "dynamodb:Query", NAMES.table_arn, {}),
    ("uploads", "s3:ListBucket", ORIGINALS, {"s3:prefix": "folders/"}),
    ("uploads", "s3:ListBucket", ORIGINALS, {}),
    ("uploads", "sts:AssumeRole", NAMES.role_arn("folder-keys"), TAGS),
    ("uploads", "ses:SendEmail", NAMES.identity_arn, SENDER),
    ("sync", "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", ONCE),
    ("sync", "s3:DeleteObject", f"{ORIGINALS}/folders/1/2/notes", {}),
    ("sync", "sts:AssumeRole", NAMES.role_arn("upload-keys"), {}),
    # A worker opens strangers' files: it lends no keys, steers nothing, knows no token of /metrics.
    *(("worker", "sts:AssumeRole", NAMES.role_arn(to), TAGS) for to in HOLDERS),
    ("worker", "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", ONCE),
    ("worker", "cloudwatch:PutMetricData", "*", FIGURES),
    ("worker", "autoscaling:SetDesiredCapacity", NAMES.group_arn("mediashare-worker-media").replace("*", "1"), {}),
    ("worker", "secretsmanager:GetSecretValue", NAMES.secret_arn("METRICS_TOKEN").replace("?", "x"), {}),
    ("worker", "ses:SendEmail", NAMES.identity_arn, {"ses:FromAddress": "bank@example.com"}),
    ("worker", "autoscaling:CompleteLifecycleAction", NAMES.group_arn("mediashare-website").replace("*", "1"), {}),
    # The timer steers workers alone, and sees no bytes.
    ("timer", "autoscaling:SetDesiredCapacity", NAMES.group_arn("mediashare-website").replace("*", "1"), {}),
    ("timer", "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": "AWS/EC2"}),
    ("timer", "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", {}),
    ("timer", "secretsmanager:GetSecretValue", NAMES.secret_arn("CLOUDFRONT_PRIVATE_KEY").replace("?", "x"), {}),
    # Who runs commands brings back, and makes and deletes nothing.
    *(("commands", verb, f"{ORIGINALS}/{PREFIX}original", ONCE) for verb in ("s3:PutObject", "s3:DeleteObject")),
    ("commands", "autoscaling:SetDesiredCapacity", NAMES.group_arn("mediashare-worker-media").replace("*", "1"), {}),
    ("commands", "cloudformation:SignalResource", NAMES.stack_arn("website").replace("*", "1"), {}),
    *(("commands", "sts:AssumeRole", NAMES.role_arn(to), TAGS) for to in HOLDERS),
]  # fmt: skip


def described(rows: list[tuple[str, str, str, dict[str, str]]]) -> list[str]:
    return [f"{who} {action} {resource} {context}" for who, action, resource, context in rows]


def test_each_role_may_do_what_it_must():
    lacking = [row for row in NEEDED if not asks(*row)]

    assert described(lacking) == []


def test_no_role_may_do_what_it_must_not():
    too_much = [row for row in REFUSED if asks(*row)]

    assert described(too_much) == []


def test_every_statement_has_a_reason_and_no_star_but_where_a_service_knows_no_resources():
    starred = set()
    for made in stacks.of_size("company").templates["identities"]["Resources"].values():
        if made["Type"] != "AWS::IAM::Role":
            continue
        assert "ManagedPolicyArns" not in made["Properties"]
        reasons = made["Metadata"]["Reasons"]
        for policy in made["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                assert len(reasons[statement["Sid"]]) > 40
                assert not any("*" in action for action in statement["Action"])
                if "*" in statement["Resource"]:
                    starred.add(statement["Sid"])

    assert starred == {"PublishFigures", "LookAtGroups", "LookAtHooks"}


def holder(to: str, *, prefix: str, session: Any) -> tuple[Principal, dict[str, str]]:
    """Who has keys that were lent, and what AWS knows of the session."""
    lent = role(to)
    return Principal(lent.arn, lent.policies, session), {"aws:PrincipalTag/prefix": prefix}


EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@pytest.mark.parametrize("is_cut", [True, False])
def test_keys_of_an_upload_send_its_parts_and_nothing_else(is_cut):
    """Whether the session policy is what the service gives, or one that forgot everything."""
    bucket = NAMES.bucket("originals")
    cut = policies.only_parts_of(bucket=bucket, prefix=PREFIX)
    who, tags = holder("upload-keys", prefix=PREFIX, session=cut if is_cut else EVERYTHING)
    neighbour = f"originals/{OWNER}/{uuid.UUID(int=3)}/original"

    assert asks(who, "s3:PutObject", f"{ORIGINALS}/{PREFIX}original", {**PART, **tags})
    for action, key, more in [
        ("s3:PutObject", f"{PREFIX}original", MADE),
        ("s3:PutObject", f"{PREFIX}original", ONCE),
        ("s3:PutObject", neighbour, PART),
        ("s3:GetObject", f"{PREFIX}original", {}),
        ("s3:DeleteObject", f"{PREFIX}original", {}),
        ("s3:PutObject", "folders/1/2/notes", PART),
    ]:
        assert not asks(who, action, f"{ORIGINALS}/{key}", {**more, **tags}), (action, key)
    assert not asks(who, "s3:ListBucket", ORIGINALS, tags)
    assert not asks(who, "s3:PutObject", f"{RENDITIONS}/{PREFIX}original", {**PART, **tags})


def test_keys_of_a_folder_read_and_send_there_and_nowhere_else():
    who, tags = holder("folder-keys", prefix="folders/1/", session=EVERYTHING)

    assert asks(who, "s3:GetObject", f"{ORIGINALS}/folders/1/2/notes", tags)
    assert asks(who, "s3:PutObject", f"{ORIGINALS}/folders/1/2/notes", {**PART, **tags})
    assert not asks(who, "s3:GetObject", f"{ORIGINALS}/folders/2/2/notes", tags)
    assert not asks(who, "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", tags)
    assert not asks(who, "s3:PutObject", f"{ORIGINALS}/folders/1/2/notes", {**ONCE, **tags})


def test_keys_without_a_tag_open_nothing():
    who, _ = holder("folder-keys", prefix="", session=EVERYTHING)

    assert not asks(who, "s3:GetObject", f"{ORIGINALS}/folders/1/2/notes", {})


@pytest.mark.parametrize(
    ("to", "who", "tags", "is_lent"),
    [
        ("upload-keys", "uploads", TAGS, True),
        ("upload-keys", "sync", TAGS, False),
        ("upload-keys", "uploads", {}, False),
        ("upload-keys", "uploads", {**TAGS, "aws:RequestTag/prefix": "folders/1/"}, False),
        ("upload-keys", "uploads", {**TAGS, "aws:RequestTag/prefix": "*"}, False),
        ("upload-keys", "uploads", {**TAGS, "aws:TagKeys": "prefix,admin"}, False),
        ("folder-keys", "sync", {**TAGS, "aws:RequestTag/prefix": "folders/1/"}, True),
        ("folder-keys", "sync", TAGS, False),
    ],
)
def test_keys_are_lent_by_their_own_endpoint_and_with_a_prefix_of_their_kind(
    to, who, tags, is_lent
):
    trust = stacks.of_size("company").one("IAM::Role", RoleName=NAMES.role(to))
    lender = Principal(NAMES.role_arn(who), (trust["AssumeRolePolicyDocument"],))

    assert iam.allows(lender, Asked("sts:AssumeRole", NAMES.role_arn(to), tags)) is is_lent


def test_cloudfront_reads_what_it_delivers_and_not_the_journals():
    for who, is_served in [(DISTRIBUTION, True), (DISTRIBUTION.replace("E1", "E2"), False)]:
        edge = Principal("cloudfront.amazonaws.com", ())
        context = {"aws:SourceArn": who}
        assert asks(edge, "s3:GetObject", f"{ORIGINALS}/{PREFIX}original", context) is is_served
        assert asks(edge, "s3:GetObject", f"{RENDITIONS}/renditions/1/a.jpg", context) is is_served
        assert not asks(edge, "s3:GetObject", f"{ORIGINALS}/journals/1/0.json.gz", context)


def test_the_templates_have_the_policies_that_are_evaluated_here():
    found = stacks.of_size("company").find("S3::BucketPolicy", "delivery")

    sids = [[each["Sid"] for each in one["PolicyDocument"]["Statement"]] for one in found]
    assert sids == [
        [each["Sid"] for each in grants.of_originals(NAMES, "")["Statement"]],
        [each["Sid"] for each in grants.of_renditions(NAMES, "")["Statement"]],
    ]
    assert json.dumps(found).count("s3:if-none-match") == 1
