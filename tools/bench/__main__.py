"""`make bench`: measure, print, write docs/PERFORMANCE.md."""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from infra.local import engines
from infra.packaging import Builder
from shared.registry import modules
from tools.bench import imports
from tools.bench.figures import Figure, Table
from tools.bench.plot import plot

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("imports", "sizes", "operations", "tenants", "schoolday", "cashiers", "load")


def say(text: str) -> None:
    """Show progress."""
    print(text, flush=True)


def packages(where: Path) -> tuple[dict[str, list[Path]], Table]:
    """Handlers with the folders that Lambda would have on their path; and the sizes of what is shipped."""
    here = "arm64" if platform.machine() in ("arm64", "aarch64") else "x86_64"
    local, shipped = Builder(here, modules()), Builder("arm64", modules())

    def unpack(archive: Path, name: str) -> Path:
        target = where / name
        if not target.exists():
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(target)
        return target

    layers = [unpack(local.base_layer().path, "base") / "python", unpack(local.project_layer().path, "shared") / "python"]
    handlers: dict[str, list[Path]] = {}
    base, project = shipped.base_layer(), shipped.project_layer()
    sizes = [Figure("base layer", base.megabytes, "MB", 50, 40), Figure("project layer (shared/)", project.megabytes, "MB")]
    for module in modules():
        own = local.module_layer(module)
        path = [
            *layers,
            *([unpack(own.path, f"{module.name}-own") / "python"] if own else []),
            unpack(local.function(module).path, module.name),
        ]
        workers = [*(c.handler for c in module.consumers), *(q.handler for q in module.queues), *(s.handler for s in module.schedules)]
        for dotted in [module.handler, *{w.rpartition(".")[0]: w for w in workers}.values()]:
            handlers[dotted] = path
        extra = shipped.module_layer(module)
        whole = base.megabytes + project.megabytes + shipped.function(module).megabytes + (extra.megabytes if extra else 0)
        sizes.append(Figure(f"{module.name} with its layers", whole, "MB", *((150, 130) if module.fonts else (80, 60))))
    return handlers, Table("What is shipped", "Unzipped, arm64, compiled, from the locked requirements.", sizes)


def engine_tables(parts: set[str], students: int) -> list[Table]:
    """Everything measured in process against DynamoDB Local."""
    from tests import conftest
    from tests.support import keys

    with engines.dynamodb() as engine, tempfile.TemporaryDirectory() as state, engines.ministack(Path(state)) as aws:
        endpoints = {"AWS_ENDPOINT_URL_DYNAMODB": engine.url, "AWS_ENDPOINT_URL_S3": aws.url, "AWS_ENDPOINT_URL_SQS": aws.url}
        os.environ.update(conftest.ENVIRONMENT, **endpoints)
        from shared.auth import tokens
        from shared.data import connection
        from shared.data.schema import create_table_request
        from tests.support.world import make_person
        from tools.bench import cpu, importing, operations, schoolday, tenants, year
        from tools.bench.recorder import Recorder
        from tools.bench.school import large_school

        tokens._fetch = keys.jwks  # noqa: SLF001 - the bench signs its own tokens
        connection.client("dynamodb").create_table(**create_table_request(conftest.ENVIRONMENT["TABLE_NAME"]))
        region = {"LocationConstraint": conftest.ENVIRONMENT["AWS_DEFAULT_REGION"]}
        connection.client("s3").create_bucket(Bucket=conftest.ENVIRONMENT["FILES_BUCKET"], CreateBucketConfiguration=region)
        os.environ["QUEUE_URL_IMPORTS"] = connection.client("sqs").create_queue(QueueName="imports")["QueueUrl"]
        made: list[Table] = []
        say(f"  a school of {students:,} students …")
        school, classes, known = large_school(students)
        admin = make_person(school).client
        recorder = Recorder()
        if "operations" in parts:
            say("  operations …")
            made.append(operations.measure(recorder, admin, school.id, classes[0].id, known[5].id, students))
            say("  an import …")
            made.append(importing.measure(recorder, 1_000))
            say("  CPU …")
            made.append(cpu.measure(admin, students))
        if "tenants" in parts:
            say("  one school and a thousand schools …")
            made.append(tenants.measure(admin, known[7].id))
        if "schoolday" in parts:
            say("  a year of data …")
            loaded = year.load(school, classes, known, say)
            say("  the school day …")
            made.append(schoolday.measure(recorder, admin, school, classes, known, loaded))
        return made


def main() -> int:
    """Measure what is asked for, print it, and write the document when everything was measured."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"any of {', '.join(PARTS)} (default: all, and write the document)")
    parser.add_argument("--students", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    parts = set(asked.parts)
    tables: list[Table] = []
    where = Path(tempfile.mkdtemp(prefix="homeroom-bench-"))
    try:
        if parts & {"imports", "sizes"}:
            say("Building packages …")
            handlers, sizes = packages(where)
            if "imports" in parts:
                say(f"Counting instructions of {len(handlers)} imports …")
                tables.append(imports.measure(handlers))
            tables.append(sizes)
        if parts & {"operations", "tenants", "schoolday"}:
            say("Measuring on DynamoDB Local …")
            tables += engine_tables(parts, asked.students)
        if "cashiers" in parts:
            from tools.bench import cashiers

            say("Ten cashiers on the local stack …")
            tables.append(cashiers.measure())
        if "load" in parts:
            from tools.bench import load

            say("Loading the local stack …")
            tables.append(load.measure(asked.seconds, asked.students))
    finally:
        shutil.rmtree(where, ignore_errors=True)
    text = "\n".join(table.markdown() for table in tables)
    print(text)
    missed = [f for t in tables for f in t.figures if f.met is False]
    if parts >= set(PARTS):
        head = (
            f"# Performance\n\nWritten by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
            "Gates are what a change must keep; stretch is where we want to be.\n\n![Measured as a share of the gate](performance.svg)\n\n"
        )
        (ROOT / "docs" / "PERFORMANCE.md").write_text(head + text, encoding="utf-8")
        plot(tables, ROOT / "docs" / "performance.svg")
    for figure in missed:
        print(f"MISSED: {figure.name}: {figure.value:.2f} {figure.unit} (gate {figure.gate})", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
