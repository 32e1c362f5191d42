"""What each kind of instance and each holder of keys that are lent may do, and why. Pure.

Nobody here may list or make buckets, change a policy, or pass a role; versions are deleted by
nobody but the operator's commands. What is not here is refused: there is no policy of AWS's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.aws.names import IDENTITIES, LANES, PREFIX, Names

Condition = Mapping[str, Mapping[str, str]]

# What STS says that a session may reach; the service gives it with each pair of keys.
TAGGED = "${aws:PrincipalTag/prefix}"


@dataclass(frozen=True)
class Grant:
    """One statement. `sid` names it; `reason` says for what it is needed."""

    sid: str
    reason: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    condition: Condition = field(default_factory=dict)

    def statement(self) -> dict[str, Any]:
        said: dict[str, Any] = {
            "Sid": self.sid,
            "Effect": "Allow",
            "Action": list(self.actions),
            "Resource": list(self.resources),
        }
        return said | ({"Condition": dict(self.condition)} if self.condition else {})


def policy(grants: Iterable[Grant]) -> dict[str, Any]:
    """The policy that grants just these."""
    return {"Version": "2012-10-17", "Statement": [grant.statement() for grant in grants]}


def of_instances(names: Names, identity: str) -> list[Grant]:
    """What instances of this identity may do."""
    own = {
        "website": website,
        "uploads": uploads,
        "sync": sync,
        "worker": worker,
        "timer": timer,
        "commands": commands,
    }[identity]
    # Who runs commands is of no group.
    grouped = [] if identity == "commands" else of_groups(names, identity)
    return [*every_instance(names, identity), *grouped, *own(names)]


def every_instance(names: Names, identity: str) -> list[Grant]:
    """What it takes to start."""
    return [
        Grant(
            "ReadRelease",
            "An instance installs the release of its group. While one is rolled out, or taken "
            "back, groups have different ones, and each must be able to replace an instance.",
            ("s3:GetObject",),
            (f"{names.bucket_arn('releases')}/*",),
        ),
        Grant(
            "ReadSettings",
            "Settings that are no secret come from one parameter when an instance starts.",
            ("ssm:GetParameter",),
            (names.settings_arn,),
        ),
        Grant(
            "ReadSecrets",
            "Passwords and keys are kept nowhere but there and in the memory of processes.",
            ("secretsmanager:GetSecretValue",),
            tuple(names.secret_arn(what) for what in secrets_of(identity)),
        ),
        Grant(
            "WriteLog",
            "What processes say is kept after the instance is gone.",
            ("logs:CreateLogStream", "logs:PutLogEvents"),
            (f"{names.log_group_arn(identity)}:*",),
        ),
    ]


def of_groups(names: Names, identity: str) -> list[Grant]:
    """What it takes to come and go as one of a group."""
    return [
        Grant(
            "SayReady",
            "A rolling deployment goes on when a new instance says that it serves.",
            ("cloudformation:SignalResource",),
            tuple(names.stack_arn(stack) for stack in stacks_of(identity)),
        ),
        Grant(
            "LeaveInOrder",
            "An instance that was told to go says when its work is given back.",
            ("autoscaling:CompleteLifecycleAction",),
            (names.group_arn(f"{PREFIX}-{identity}*"),),
        ),
        Grant(
            "LookAtHooks",
            "What the group waits for is asked of Auto Scaling, which knows no resources there.",
            ("autoscaling:DescribeLifecycleHooks",),
            ("*",),
        ),
    ]


def secrets_of(identity: str) -> tuple[str, ...]:
    """Who signs addresses of bytes has the key; who answers at /metrics, the token for that."""
    if identity in {"timer", "commands"}:
        return ("DATABASE", "SECRET_KEY")
    if identity == "worker":
        # Mails to followers carry addresses of pictures.
        return ("DATABASE", "SECRET_KEY", "CLOUDFRONT_PRIVATE_KEY")
    return ("DATABASE", "SECRET_KEY", "CLOUDFRONT_PRIVATE_KEY", "METRICS_TOKEN")


def stacks_of(identity: str) -> tuple[str, ...]:
    return ("workers",) if identity == "worker" else (identity,)


def website(names: Names) -> list[Grant]:
    """Pages never touch bytes: CloudFront delivers, and uploads have servers of their own."""
    dead = tuple(names.queue_arn(names.dead_letters(lane)) for lane in LANES)
    return [
        ask_for_work(names),
        journal(names),
        send_mail(names),
        Grant(
            "DeleteArchive",
            "Who deletes an archive on its page is rid of it at once.",
            ("s3:DeleteObject",),
            (f"{names.bucket_arn('renditions')}/archives/*",),
        ),
        Grant(
            "LookAtDeadLetters",
            "The admin's page of messages that were set aside: look, let go, send again, drop.",
            (
                *("sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:DeleteMessage"),
                "sqs:GetQueueAttributes",
            ),
            dead,
        ),
    ]


def uploads(names: Names) -> list[Grant]:
    """Begins, joins and drops multipart uploads; the bytes themselves never pass here."""
    return [
        ask_for_work(names),
        *receiving(names, "originals"),
        Grant(
            "RemoveRejected",
            "An upload that was cancelled, or is not what it said, leaves nothing.",
            ("s3:DeleteObject",),
            (f"{names.bucket_arn('originals')}/originals/*",),
        ),
        Grant(
            "LookForArrivals",
            "To who may not list, S3 says of a key that has not come that it is forbidden.",
            ("s3:ListBucket",),
            (names.bucket_arn("originals"),),
            {"StringLike": {"s3:prefix": "originals/*"}},
        ),
        lend_keys(names, "upload-keys"),
    ]


def sync(names: Names) -> list[Grant]:
    """Signs addresses for clients, which count as its own requests, and keeps the journal."""
    originals = names.bucket_arn("originals")
    return [
        ask_for_work(names),
        journal(names),
        send_mail(names),
        *receiving(names, "folders"),
        Grant(
            "SignDownloads",
            "Clients fetch small files by addresses that are signed here. Contents that came by "
            "an album keep their key.",
            ("s3:GetObject",),
            (f"{originals}/folders/*", f"{originals}/originals/*"),
        ),
        Grant(
            "LookForArrivals",
            "A commit of many files asks S3 once what has come. And of bytes that are lost S3 says "
            "so only where who signed the address may list the bucket, not below a prefix alone: "
            "else a client takes itself for shut out of the folder.",
            ("s3:ListBucket",),
            (originals,),
        ),
        lend_keys(names, "folder-keys"),
    ]


def worker(names: Names) -> list[Grant]:
    """Reads originals, writes renditions, sweeps both, and lends nobody keys."""
    originals, renditions = names.bucket_arn("originals"), names.bucket_arn("renditions")
    queues = tuple(names.queue_arn(names.queue(lane)) for lane in LANES)
    return [
        ask_for_work(names),
        journal(names),
        send_mail(names),
        Grant(
            "TakeWork",
            "A worker receives messages, keeps those it works on hidden, and deletes them.",
            ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
            queues,
        ),
        Grant(
            "ReadBytes",
            "Originals are decoded; renditions go into films.",
            ("s3:GetObject",),
            (f"{originals}/*", f"{renditions}/*"),
        ),
        Grant(
            "WriteRenditions",
            "Pictures, videos and archives are made here, large ones in parts.",
            ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            (f"{renditions}/*",),
        ),
        Grant(
            "CopyJournals",
            "Every minute the journals of folders are copied beside their bytes.",
            ("s3:PutObject",),
            (f"{originals}/journals/*",),
        ),
        Grant(
            "Sweep",
            "What nobody refers to any more is deleted, and what never became an object dropped. "
            "A version stays until its term ends: nobody may delete one.",
            ("s3:DeleteObject", "s3:AbortMultipartUpload"),
            (f"{originals}/*", f"{renditions}/*"),
        ),
        Grant(
            "LookWhatIsThere",
            "Sweeps, checks and ends of archives ask what is below a prefix.",
            ("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            (originals, renditions),
        ),
    ]


def timer(names: Names) -> list[Grant]:
    """Posts what is due, publishes figures, and asks for workers."""
    return [
        ask_for_work(names),
        Grant(
            "PublishFigures",
            "Alarms and people look at figures. CloudWatch knows no resources; the namespace says "
            "which figures.",
            ("cloudwatch:PutMetricData",),
            ("*",),
            {"StringEquals": {"cloudwatch:namespace": PREFIX}},
        ),
        Grant(
            "LookAtGroups",
            "How many workers there are is asked of Auto Scaling, which knows no resources there.",
            ("autoscaling:DescribeAutoScalingGroups",),
            ("*",),
        ),
        Grant(
            "SteerWorkers",
            "Fleets of workers, and no others, become as large as their backlog is worth, within "
            "the bounds that their templates give.",
            ("autoscaling:SetDesiredCapacity",),
            (names.group_arn(f"{PREFIX}-worker-*"),),
        ),
    ]


def commands(names: Names) -> list[Grant]:
    """For the operator, on an instance that is there for as long as it is needed: bring back what
    was deleted, make folders again, look and repair. It writes no bytes."""
    originals = names.bucket_arn("originals")
    return [
        ask_for_work(names),
        journal(names),
        Grant(
            "ReadBytes",
            "Folders are made again of the copies of their journals, and their bytes looked at.",
            ("s3:GetObject",),
            (f"{originals}/*",),
        ),
        Grant(
            "LookWhatIsThere",
            "What the database speaks of is compared with what the bucket has and had.",
            ("s3:ListBucket", "s3:ListBucketVersions"),
            (originals,),
        ),
        Grant(
            "BringBack",
            "What was deleted is under a marker; S3 has one right for markers and versions.",
            ("s3:DeleteObjectVersion",),
            (f"{originals}/*",),
        ),
    ]


def ask_for_work(names: Names) -> Grant:
    return Grant(
        "AskForWork",
        "A message rings at the lane of a job. Celery asks how long the queue is, too.",
        ("sqs:SendMessage", "sqs:GetQueueAttributes"),
        tuple(names.queue_arn(names.queue(lane)) for lane in LANES),
    )


def journal(names: Names) -> Grant:
    return Grant(
        "KeepJournal",
        "Folders are read by key or partition and written in transactions. There is no scan.",
        (
            *("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem"),
            *("dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"),
            "dynamodb:ConditionCheckItem",
        ),
        (names.table_arn,),
    )


def send_mail(names: Names) -> Grant:
    return Grant(
        "SendMail",
        "Mail comes from the site's own domain, and its bounces are told of.",
        ("ses:SendEmail", "ses:SendRawEmail"),
        (names.identity_arn, names.configuration_set_arn),
        {"StringLike": {"ses:FromAddress": f"*@{names.site.domain}"}},
    )


def receiving(names: Names, prefix: str) -> list[Grant]:
    return [
        Grant(
            "Receive",
            "Uploads are begun and joined here. Addresses that clients send by count as requests "
            "of who signed them, and the bucket lets no key be written twice.",
            ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"),
            (f"{names.bucket_arn('originals')}/{prefix}/*",),
        ),
        Grant(
            "LookAtArrival",
            "Size and digest of what came are compared with what was announced.",
            ("s3:GetObject", "s3:GetObjectAttributes"),
            (f"{names.bucket_arn('originals')}/{prefix}/*",),
        ),
    ]


def lend_keys(names: Names, to: str) -> Grant:
    return Grant(
        "LendKeys",
        "Clients send bytes by themselves, with keys cut down to one prefix and tagged with it.",
        ("sts:AssumeRole", "sts:TagSession"),
        (names.role_arn(to),),
    )


def of_holders(names: Names, to: str) -> list[Grant]:
    """What keys that are lent may do at most: below the prefix they are tagged with, whatever
    policy came with them."""
    tagged = f"{names.bucket_arn('originals')}/{TAGGED}*"
    parts = Grant(
        "SendParts",
        "Holders send parts. They cannot make an object: the service joins the parts.",
        ("s3:PutObject",),
        (tagged,),
        {"Bool": {"s3:ObjectCreationOperation": "false"}},
    )
    reading = Grant(
        "ReadFolder",
        "Members of a folder fetch what is in it, by themselves.",
        ("s3:GetObject",),
        (tagged,),
    )
    return [parts] if to == "upload-keys" else [parts, reading]


def lenders(to: str) -> str:
    """Whose instances may ask for these keys."""
    return {"upload-keys": "uploads", "folder-keys": "sync"}[to]


def trust_of_holders(names: Names, to: str) -> dict[str, Any]:
    """Who may lend these keys, and with which tag: one prefix of the kind that is theirs."""
    prefix = {"upload-keys": "originals/*/*/", "folder-keys": "folders/*/"}[to]
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Lend",
                "Effect": "Allow",
                "Principal": {"AWS": names.role_arn(lenders(to))},
                "Action": ["sts:AssumeRole", "sts:TagSession"],
                "Condition": {
                    "StringLike": {"aws:RequestTag/prefix": prefix},
                    "ForAllValues:StringEquals": {"aws:TagKeys": ["prefix"]},
                },
            }
        ],
    }


def trust_of_instances() -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Instances",
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }


def of_originals(names: Names, distribution_arn: Any) -> dict[str, Any]:
    """The policy of the bucket of originals: encrypted on the way, written once, delivered."""
    bucket = names.bucket_arn("originals")
    return {
        "Version": "2012-10-17",
        "Statement": [
            only_encrypted(bucket),
            {
                # https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
                "Sid": "WrittenOnce",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:PutObject",
                "Resource": f"{bucket}/*",
                "Condition": {
                    "Null": {"s3:if-none-match": "true"},
                    "Bool": {"s3:ObjectCreationOperation": "true"},
                },
            },
            {
                "Sid": "VersionsStay",
                "Effect": "Deny",
                "Principal": {
                    "AWS": [names.role_arn(who) for who in IDENTITIES if who != "commands"]
                },
                "Action": ["s3:DeleteObjectVersion", "s3:PutBucketVersioning"],
                "Resource": [bucket, f"{bucket}/*"],
            },
            delivered(f"{bucket}/originals/*", f"{bucket}/folders/*", by=distribution_arn),
        ],
    }


def of_renditions(names: Names, distribution_arn: Any) -> dict[str, Any]:
    """The policy of the bucket of renditions. They may be made again, to the same bytes."""
    bucket = names.bucket_arn("renditions")
    return {
        "Version": "2012-10-17",
        "Statement": [
            only_encrypted(bucket),
            delivered(f"{bucket}/renditions/*", f"{bucket}/archives/*", by=distribution_arn),
        ],
    }


def only_encrypted(bucket_arn: str) -> dict[str, Any]:
    return {
        "Sid": "OnlyEncrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def delivered(*resources: str, by: Any) -> dict[str, Any]:
    return {
        "Sid": "Delivered",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": list(resources),
        "Condition": {"StringEquals": {"aws:SourceArn": by}},
    }


def of_logs(names: Names) -> dict[str, Any]:
    """Load balancers write here what they were asked."""
    bucket = names.bucket_arn("logs")
    return {
        "Version": "2012-10-17",
        "Statement": [
            only_encrypted(bucket),
            {
                "Sid": "Balancers",
                "Effect": "Allow",
                "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{bucket}/{PREFIX}/AWSLogs/{names.site.account}/*",
            },
        ],
    }
