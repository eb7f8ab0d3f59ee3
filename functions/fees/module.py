"""What a school charges, what its students owe, payments and their receipts."""

from shared.manifest import Consumer, Grant, Module, Queue

MODULE = Module(
    name="fees",
    title="Fees",
    grants=(Grant.TABLE, Grant.PLATFORM),  # a receipt is verified by its code, without a school
    packages=("segno", "typst", "unicode-rbnf"),
    fonts=True,
    consumers=(Consumer("fees-joiners", "functions.fees.joiners.students", kinds=("Student",)),),
    queues=(Queue("fee-assignments", "functions.fees.assigning_worker.lambda_handler", timeout=300),),
)
