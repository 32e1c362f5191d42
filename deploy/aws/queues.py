"""One queue for each lane, and beside it one for messages that no worker understands."""

import aws_cdk as cdk
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from deploy.aws.names import LANES
from deploy.aws.part import Part, Plan

# Workers keep what they work on hidden; after so long without a word another may have it. Longer
# than a job's lease (JOB_LEASE_SECONDS).
VISIBILITY_SECONDS = 180
# Each kill of a worker counts one for the message in its hand.
RECEIVES = 5


class Queues(Part):
    def __init__(self, scope: Construct, plan: Plan) -> None:
        super().__init__(scope, "queues", plan, about="Queues of work, and dead letters")
        self.dead_letters = {lane: self._dead_letters(lane) for lane in LANES}
        self.lanes = {lane: self._lane(lane) for lane in LANES}

    def _lane(self, lane: str) -> sqs.Queue:
        return sqs.Queue(
            self,
            lane.title(),
            queue_name=self.names.queue(lane),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=cdk.Duration.seconds(VISIBILITY_SECONDS),
            receive_message_wait_time=cdk.Duration.seconds(10),
            # A message is a doorbell; the row is the job, and is rung for again.
            retention_period=cdk.Duration.days(4),
            dead_letter_queue=sqs.DeadLetterQueue(
                max_receive_count=RECEIVES, queue=self.dead_letters[lane]
            ),
        )

    def _dead_letters(self, lane: str) -> sqs.Queue:
        return sqs.Queue(
            self,
            f"{lane.title()}Dead",
            queue_name=self.names.dead_letters(lane),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(14),
        )
