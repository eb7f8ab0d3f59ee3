"""Real files in and out: import and export of students."""

from shared.manifest import Grant, Module, Queue

MODULE = Module(
    name="imports",
    title="Import and export of students",
    memory=1024,
    grants=(Grant.TABLE, Grant.FILES),
    packages=("python-calamine", "python-multipart", "xlsxwriter"),
    tags={"Imports": "Students from real files, and into them."},
    queues=(Queue(name="imports", handler="functions.imports.worker.lambda_handler", memory=1769, timeout=300),),
)
