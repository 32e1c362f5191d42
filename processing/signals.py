"""What processing tells whoever listens. It never knows who does."""

from django.dispatch import Signal

# Sent when the outcome of a blob's processing has changed, inside the transaction that changed
# it: a receiver that raises undoes both. sender=Job, job=..., blob=..., which is None for a job
# about many. Ask `processing.queries.state_of(blob)` what the outcome is now.
processed = Signal()
# The same for many blobs at once, as when somebody cancels an import: sender=Job, blob_ids=...
# Jobs whose outcome is not that of their blob are told of one by one with `processed`.
processed_many = Signal()

# Sent when a blob turns out to have the bytes of another of its owner, inside the transaction that
# ends the job which found out: whoever refers to `blob` must refer to `held` from now on, since
# the bytes of a blob that nobody refers to are deleted. sender=Job, blob=..., held=....
duplicate = Signal()
