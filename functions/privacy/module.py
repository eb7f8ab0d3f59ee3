"""What people ask for by right: a copy of everything that is held about them, and its erasure."""

from shared.manifest import Grant, Module, Queue

MODULE = Module(
    name="privacy",
    title="Personal data",
    memory=1024,
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.FILES),  # an erased login frees its e-mail address, which is unique over all schools
    queues=(Queue("privacy", "functions.privacy.worker.lambda_handler", memory=1769, timeout=600),),
)
