"""Attendance of students: registers, their roll-ups, and word of an absence."""

from shared.manifest import Consumer, Grant, Job, Module, Queue

MODULE = Module(
    name="attendance",
    title="Attendance",
    grants=(Grant.TABLE, Grant.FILES),  # a long report is written to storage
    consumers=(
        Consumer("attendance-roll-ups", "functions.attendance.consumers.roll_ups", kinds=("Register",)),
        Consumer("attendance-absences", "functions.attendance.consumers.absences", kinds=("Register",)),
    ),
    queues=(Queue("attendance-jobs", "functions.attendance.jobs.lambda_handler"),),
    jobs=(Job("attendance-reconcile", "Compares the roll-ups of attendance with the registers and puts right what differs", at="02:30"),),
)
