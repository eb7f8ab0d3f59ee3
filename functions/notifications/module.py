"""Notices: to whom, by which channel, when, and what became of them. Everything that people are told by other modules goes this way too."""

from shared.manifest import Consumer, Grant, LogListener, Module, Queue, Schedule

MODULE = Module(
    name="notifications",
    title="Notices",
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.SCHEDULER),
    tags={
        "Notification templates": "The texts of each topic, by language.",
        "Notification preferences": "What a person wants to be told, and how.",
    },
    consumers=(
        Consumer("notices-journal", "functions.notifications.consumers.notices", kinds=("Notification",)),
        Consumer("owed-messages", "functions.notifications.consumers.owed", kinds=("Message",)),
    ),
    queues=(
        Queue("notices", "functions.notifications.worker.notices", timeout=120, max_receives=8, concurrency=4, scheduled=True),
        # Two workers at once, each at half of the rate that SES and SNS give a new account: see functions/notifications/pace.py.
        Queue(
            "deliveries",
            "functions.notifications.worker.deliveries",
            timeout=120,
            max_receives=8,
            concurrency=2,
            grants=(Grant.MAIL, Grant.SMS),
        ),
        Queue("mail-events", "functions.notifications.delivery.lambda_handler", timeout=30, batch_size=10, fed_by="ses-events"),
    ),
    schedules=(Schedule("notices-sweep", "functions.notifications.sweep.lambda_handler", "rate(5 minutes)"),),
    log_listeners=(LogListener("text-events", "functions.notifications.delivery.text_events", source="sms-status"),),
)
