"""What temporary credentials may do. Nothing here acts."""

from typing import Any


def only_parts_of(*, bucket: str, prefix: str) -> dict[str, Any]:
    """A session policy that lets its holder send parts below a prefix, and nothing else.

    The object itself is made by the service, so credentials can neither create nor replace
    one. AWS says so by a condition on `s3:PutObject`; SeaweedFS does not know that condition,
    takes it as not met, and knows `s3:UploadPart` as an action of its own, which AWS ignores.
    See docs/decisions/0005-upload-grants.md.
    """
    resource = f"arn:aws:s3:::{bucket}/{prefix}*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:PutObject",
                "Resource": resource,
                "Condition": {"Bool": {"s3:ObjectCreationOperation": "false"}},
            },
            {"Effect": "Allow", "Action": "s3:UploadPart", "Resource": resource},
        ],
    }
