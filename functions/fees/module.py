"""What a school charges, what its students owe, payments and their receipts."""

from shared.manifest import Consumer, Grant, Job, Module, Queue

MODULE = Module(
    name="fees",
    title="Fees",
    memory=1769,  # one whole processor: a large school's fees are held in memory, sorted and summed there
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.FILES),  # a receipt is verified by its code, without a school; long reports are files
    packages=("segno", "typst", "unicode-rbnf"),
    fonts=True,
    consumers=(
        Consumer("fees-receipts", "functions.fees.receipt_messages.receipts", kinds=("Payment",)),
        Consumer("fees-joiners", "functions.fees.joiners.students", kinds=("Student",)),
        Consumer("fees-totals", "functions.fees.consumers.fee_totals", kinds=("StudentFee",), memory=1024, timeout=120),
    ),
    queues=(
        Queue("fee-assignments", "functions.fees.assigning_worker.lambda_handler", timeout=300),
        Queue("fees-jobs", "functions.fees.jobs.lambda_handler", memory=1769, timeout=900),
    ),
    jobs=(
        Job("fees-night", "Flag overdue fees, add late fines, and remind guardians", at="01:00"),
        Job("fees-reconcile", "Compare fees with their payments, and what is derived from them with a rebuild", at="03:30"),
    ),
)
