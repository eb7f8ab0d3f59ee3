"""What becomes of each e-mail: SES tells a topic, the topic fills the queues that are fed by it."""

from collections.abc import Sequence

from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.config import Config
from infra.constructs.queue_worker import QueueWorker

EVENTS = (
    ses.EmailSendingEvent.SEND,
    ses.EmailSendingEvent.DELIVERY,
    ses.EmailSendingEvent.BOUNCE,
    ses.EmailSendingEvent.COMPLAINT,
    ses.EmailSendingEvent.REJECT,
)


class MailEvents(Construct):
    """The configuration set that every e-mail is sent with; addresses that bounce or complain are not written to again by SES either."""

    def __init__(self, scope: Construct, config: Config, fed: Sequence[QueueWorker]) -> None:
        super().__init__(scope, "MailEvents")
        self.set = ses.ConfigurationSet(
            self,
            "Set",
            configuration_set_name=config.configuration_set,
            reputation_metrics=True,
            suppression_reasons=ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
            tls_policy=ses.ConfigurationSetTlsPolicy.OPTIONAL,  # some schools' families have mail servers without it
        )
        if fed:
            topic = sns.Topic(self, "Topic", display_name=f"Homeroom {config.stage} mail events", enforce_ssl=True)
            self.set.add_event_destination("Events", destination=ses.EventDestination.sns_topic(topic), events=list(EVENTS))
            for worker in fed:
                topic.add_subscription(subscriptions.SqsSubscription(worker.queue, dead_letter_queue=worker.dead))
