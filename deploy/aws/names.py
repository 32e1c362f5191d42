"""What everything is called, and its ARN. Pure.

Names are chosen here rather than by CloudFormation wherever a permission, a setting or a runbook
mentions them: then each of these can be read, and checked, without a deployment. One account
holds one site.
"""

from dataclasses import dataclass

from deploy.aws.site import Site

PREFIX = "mediashare"
LANES = ("interactive", "media", "bulk")
# Who an instance can be.
IDENTITIES = ("website", "uploads", "sync", "worker", "timer", "commands")
# What keys that are lent are for.
HOLDERS = ("upload-keys", "folder-keys")
# What each secret is for; all are environment variables of the service but the database's, of
# which DATABASE_URL is made.
SECRETS = ("DATABASE", "SECRET_KEY", "CLOUDFRONT_PRIVATE_KEY", "METRICS_TOKEN")


@dataclass(frozen=True)
class Names:
    """Names and ARNs of one site."""

    site: Site

    def bucket(self, what: str) -> str:
        """A bucket's name, the only one that must differ from everybody else's."""
        return f"{PREFIX}-{what}-{self.site.account}-{self.site.region}"

    def bucket_arn(self, what: str) -> str:
        return f"arn:aws:s3:::{self.bucket(what)}"

    def queue(self, lane: str) -> str:
        return f"{PREFIX}-{lane}"

    def dead_letters(self, lane: str) -> str:
        return f"{PREFIX}-{lane}-dead"

    def queue_arn(self, name: str) -> str:
        return self._arn("sqs", name)

    @property
    def table(self) -> str:
        return f"{PREFIX}-journal"

    @property
    def table_arn(self) -> str:
        return self._arn("dynamodb", f"table/{self.table}")

    def role(self, who: str) -> str:
        return f"{PREFIX}-{who}"

    def role_arn(self, who: str) -> str:
        return f"arn:aws:iam::{self.site.account}:role/{self.role(who)}"

    def secret(self, what: str) -> str:
        return f"{PREFIX}/{what}"

    def secret_arn(self, what: str) -> str:
        """Secrets Manager puts six characters of its own behind a secret's name."""
        return self._arn("secretsmanager", f"secret:{self.secret(what)}-??????")

    @property
    def settings(self) -> str:
        """The parameter with all settings that are no secrets."""
        return f"/{PREFIX}/settings"

    @property
    def settings_arn(self) -> str:
        return self._arn("ssm", f"parameter{self.settings}")

    def group(self, name: str) -> str:
        """An Auto Scaling group."""
        return f"{PREFIX}-{name}"

    def group_arn(self, name: str) -> str:
        """Auto Scaling puts an id of its own before the group's name."""
        return self._arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}")

    def stack(self, name: str) -> str:
        return f"{PREFIX}-{name}"

    def stack_arn(self, name: str) -> str:
        return self._arn("cloudformation", f"stack/{self.stack(name)}/*")

    @property
    def identity_arn(self) -> str:
        """The domain that mail is from, at SES."""
        return self._arn("ses", f"identity/{self.site.domain}")

    @property
    def configuration_set_arn(self) -> str:
        return self._arn("ses", f"configuration-set/{PREFIX}")

    def log_group_arn(self, identity: str) -> str:
        return self._arn("logs", f"log-group:/{PREFIX}/{identity}")

    def _arn(self, service: str, what: str) -> str:
        return f"arn:aws:{service}:{self.site.region}:{self.site.account}:{what}"
