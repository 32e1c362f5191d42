"""Buckets. Originals are kept with their versions; renditions can be made again and cost less.

Nothing here is public, and nothing is deleted with the stack. Who may do what with the buckets is
said in `delivery`, since the distribution is part of that.
"""

import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from constructs import Construct

from deploy.aws.part import Part, Plan

# As mediashare/aws/buckets.py makes them on one machine; a test compares the two.
READ = ["GET", "HEAD"]
READ_AND_SEND = [*READ, "PUT"]
EXPOSED = ["ETag", "Content-Length", "Content-Range", "x-amz-checksum-sha256"]
ABANDONED_AFTER_DAYS = 7


class Storage(Part):
    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "storage", plan, about="Buckets of originals and renditions")
        # Deleting it takes two steps: not all of it can be made again.
        self.termination_protection = True
        self.originals = self._bucket(
            "originals",
            versioned=True,
            cors=[self._pages_may(READ_AND_SEND)],
            lifecycle_rules=[self._abandoned(), self._versions_end(), self._cheaper_when_large()],
        )
        self.renditions = self._bucket(
            "renditions",
            cors=[self._pages_may(READ)],
            lifecycle_rules=[self._abandoned(), self._one_zone()],
        )
        self.releases = self._bucket(
            "releases", versioned=True, lifecycle_rules=[self._abandoned()]
        )
        self.logs = self._bucket(
            "logs",
            lifecycle_rules=[
                s3.LifecycleRule(id="old", expiration=cdk.Duration.days(plan.size.log_days))
            ],
        )

    def _bucket(self, what: str, **options: object) -> s3.Bucket:
        return s3.Bucket(
            self,
            what.title(),
            bucket_name=self.names.bucket(what),
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            removal_policy=cdk.RemovalPolicy.RETAIN,
            **options,
        )

    def _pages_may(self, methods: list[str]) -> s3.CorsRule:
        return s3.CorsRule(
            allowed_origins=[self.plan.site.site_url],
            allowed_methods=[s3.HttpMethods[method] for method in methods],
            allowed_headers=["*"],
            exposed_headers=EXPOSED,
            max_age=3600,
        )

    def _abandoned(self) -> s3.LifecycleRule:
        return s3.LifecycleRule(
            id="abandoned uploads",
            abort_incomplete_multipart_upload_after=cdk.Duration.days(ABANDONED_AFTER_DAYS),
        )

    def _versions_end(self) -> s3.LifecycleRule:
        """What was deleted, by mistake or by a fault, can be brought back for so long."""
        return s3.LifecycleRule(
            id="deleted originals",
            noncurrent_version_expiration=cdk.Duration.days(self.plan.size.version_days),
            expired_object_delete_marker=True,
        )

    def _cheaper_when_large(self) -> s3.LifecycleRule:
        """Originals are looked at in their first days and then seldom; S3 finds out which. It
        leaves alone what is smaller than 128 KiB, here and below."""
        return s3.LifecycleRule(
            id="seldom read",
            transitions=[
                s3.Transition(
                    storage_class=s3.StorageClass.INTELLIGENT_TIERING,
                    transition_after=cdk.Duration.days(0),
                )
            ],
        )

    def _one_zone(self) -> s3.LifecycleRule:
        """One Zone-IA is what reduced redundancy was: cheaper, and fit for what can be made again.
        It has a least term, and reading costs, so it is for what is old."""
        return s3.LifecycleRule(
            id="can be made again",
            transitions=[
                s3.Transition(
                    storage_class=s3.StorageClass.ONE_ZONE_INFREQUENT_ACCESS,
                    transition_after=cdk.Duration.days(30),
                )
            ],
        )
