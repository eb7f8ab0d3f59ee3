"""Deploys the very same app into MiniStack by a real `cdk deploy`, then lives a school's first hour through the deployed URL.

`python -m tools.deploy_local` needs no account and leaves nothing behind. Each step has a time limit; the first that fails ends it.
"""

import contextlib
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session
import httpx

from infra.outputs import Outputs, OutputsError
from infra.rehearsal import deployment, engine
from infra.rehearsal.client import Client
from infra.rehearsal.deployment import RehearsalError
from infra.rehearsal.engine import Target
from tools import cdk

OPERATOR = "operator@homeroom.example"
PRINCIPAL = "principal@north.example"
OPERATOR_SECONDS = 60
JOB_SECONDS = 60
POLL_SECONDS = 0.5
STUDENTS = (("Ada", "Okafor"), ("Bilal", "Çelik"), ("Chitra", "Śarmā"))


@dataclass(slots=True)
class Proofs:
    """What was done, how long it took, and what was seen."""

    rows: list[tuple[str, float, str]] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """One step; what the block appends is what was seen."""
        print(f"… {name}", flush=True)
        seen: list[str] = []
        began = time.monotonic()
        yield seen
        self.rows.append((name, time.monotonic() - began, "; ".join(seen)))

    def table(self) -> str:
        """The steps as a table."""
        width = max(len(name) for name, _, _ in self.rows)
        return "\n".join(f"  {name:{width}}  {seconds:6.1f} s  {seen}" for name, seconds, seen in self.rows)


def password() -> str:
    """A password that the rule accepts."""
    return f"Aa1{secrets.token_urlsafe(12)}"


def client_of(target: Target, service: str) -> Any:
    """An operator's client of a service of the target."""
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    return session.create_client(
        service, region_name=target.client_environment["AWS_REGION"], endpoint_url=target.url, verify=str(target.certificate)
    )


def make_operator(target: Target, outputs: Path, secret: str) -> None:
    """The first SUPER_ADMIN, by the command that an operator uses."""
    env = {**deployment.environment(target), "SUPER_ADMIN_PASSWORD": secret, "PYTHONPATH": str(cdk.ROOT)}
    command = [sys.executable, "-m", "tools.first_operator", str(outputs), OPERATOR]
    done = subprocess.run(command, cwd=cdk.ROOT, env=env, capture_output=True, text=True, timeout=OPERATOR_SECONDS, check=False)
    if done.returncode:
        raise RehearsalError(f"the first operator could not be made\n{done.stderr[-2000:]}")


def provision_school(operator: Client) -> Any:
    """A school and its first administrator, as the operator makes them."""
    body = {
        "name": "North School",
        "address": "1 Hill Road, Pune",
        "phone": "+912025512345",
        "email": "office@north.example",
        "establishedYear": 1987,
        "principalName": "Asha Rao",
        "timezone": "Asia/Kolkata",
        "currency": "INR",
        "country": "IN",
        "locale": "en-IN",
        "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
        "admin": {"firstName": "Asha", "lastName": "Rao", "email": "head@north.example"},
    }
    return operator.call("POST", "/api/schools", wanted=201, json=body)["data"]


def make_administrator(operator: Client, school_id: str, secret: str) -> Any:
    """An administrator whose password is known, whom the operator makes inside the school."""
    body = {
        "email": PRINCIPAL,
        "firstName": "Meera",
        "lastName": "Iyer",
        "role": "SCHOOL_ADMIN",
        "password": secret,
        "mustChangePassword": False,
    }
    return operator.call("POST", "/api/users", wanted=201, json=body, headers={"X-School-Id": school_id})["data"]


def enrol(admin: Client, class_id: str) -> list[str]:
    """A few students; their ids."""
    made = []
    for number, (first, last) in enumerate(STUDENTS, 1):
        body = {
            "firstName": first,
            "lastName": last,
            "dateOfBirth": f"2014-0{number}-15",
            "gender": "FEMALE" if number % 2 else "MALE",
            "classId": class_id,
            "admissionDate": "2026-06-01",
            "parentName": f"Parent {last}",
            "parentPhone": f"+91202551234{number}",
        }
        made.append(admin.call("POST", "/api/students", wanted=201, json=body)["data"]["id"])
    return made


def run_job(admin: Client) -> str:
    """Have the files of no use told, by the queue and a worker that may list the bucket; what the run says it did."""
    asked = admin.call("POST", "/api/jobs/orphaned-files/run", wanted=202, json={"dryRun": True})["data"]
    until = time.monotonic() + JOB_SECONDS
    while time.monotonic() < until:
        run = admin.call("GET", f"/api/jobs/runs/{asked['id']}", wanted=200)["data"]
        if run["state"] == "DONE":
            return f"{run['id']}: {run['result']['listed']} files listed"
        if run["state"] == "FAILED":
            raise RehearsalError(f"the job failed: {run['error']}")
        time.sleep(POLL_SECONDS)
    raise RehearsalError(f"the job was not done within {JOB_SECONDS} s: {run}")


def check_gateway(target: Target, api_id: str, proofs: Proofs) -> None:
    """The deployed gateway answers in the project's envelope before anybody signed in."""
    with proofs.step("Without a token") as seen:
        visitor = Client.at(target, api_id)
        refused = visitor.call("GET", "/api/students", wanted=401)
        if refused["error"]["code"] != "UNAUTHORIZED":
            raise RehearsalError(f"not the envelope: {refused}")
        unknown = visitor.call("GET", "/api/no-such-thing", wanted=404)
        seen.append(f"401 {refused['error']['code']}, unknown path 404 {unknown['error']['code']}")
        visitor.close()


def live(target: Target, outputs: Outputs, outputs_file: Path, proofs: Proofs) -> None:
    """Operator, school, administrator, class, students, list."""
    api_id, secret, own = outputs.of("ApiId"), password(), password()
    with proofs.step("First operator") as seen:
        domain = outputs.of("MailFrom").rpartition("@")[2]
        client_of(target, "sesv2").create_email_identity(EmailIdentity=domain)
        make_operator(target, outputs_file, secret)
        seen.append(OPERATOR)
    operator, admin = Client.at(target, api_id), Client.at(target, api_id)
    with proofs.step("Operator signs in") as seen:
        seen.append(operator.sign_in(OPERATOR, secret)["user"]["role"])
    with proofs.step("Operator provisions a school") as seen:
        school = provision_school(operator)
        make_administrator(operator, school["id"], own)
        seen.append(f"{school['name']}, administrator {PRINCIPAL}")
    with proofs.step("Administrator signs in") as seen:
        seen.append(admin.sign_in(PRINCIPAL, own)["user"]["role"])
    with proofs.step("A class and its students") as seen:
        body = {"name": "Class 7", "section": "A", "grade": "7", "capacity": 40}
        made = admin.call("POST", "/api/classes", wanted=201, json=body)["data"]
        ids = enrol(admin, made["id"])
        seen.append(f"{len(ids)} students in {made['name']}-{made['section']}")
    with proofs.step("The list of students") as seen:
        page = admin.call("GET", "/api/students?sort=firstName&pageSize=2&page=1", wanted=200)
        total, names = page["pagination"]["totalRecords"], [row["firstName"] for row in page["data"]]
        if total != len(STUDENTS) or names != [first for first, _ in STUDENTS[:2]]:
            raise RehearsalError(f"not the list of what was enrolled: {page}")
        seen.append(f"page 1 of {page['pagination']['totalPages']}: {', '.join(names)}; {total} in all")
    with proofs.step("A daily job, run by hand") as seen:
        seen.append(run_job(admin))
    operator.close()
    admin.close()


def function_logs(target: Target) -> str:
    """The last words of every function, for a failure."""
    logs = client_of(target, "logs")
    lines = []
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        lines += [f"{group['logGroupName']}: {event['message'].strip()[:1500]}" for event in events[-5:]]
    return "\n".join(lines)


def rehearse(folder: Path, proofs: Proofs) -> None:
    """All steps, in one folder that goes away."""
    with contextlib.ExitStack() as stack:
        with proofs.step("MiniStack over TLS, IAM enforced") as seen:
            target = stack.enter_context(engine.running(folder))
            seen.append(target.url)
        try:
            with proofs.step("cdk bootstrap"):
                deployment.bootstrap(target, folder)
            with proofs.step("cdk deploy --all") as seen:
                outputs = deployment.deploy(target, folder)
                seen.append(f"{len(outputs.stacks)} stacks, {outputs.of('ApiUrl')}")
            check_gateway(target, outputs.of("ApiId"), proofs)
            live(target, outputs, folder / "outputs.json", proofs)
        except (RehearsalError, OutputsError, subprocess.TimeoutExpired, httpx.HTTPError):
            print(f"\nThe functions said last:\n{function_logs(target)}\n\nMiniStack said last:\n{deployment.tail(target.log)}", flush=True)
            raise


def main() -> int:
    """Rehearse and print what was proved."""
    proofs = Proofs()
    try:
        with tempfile.TemporaryDirectory(prefix="homeroom-rehearsal-") as folder:
            rehearse(Path(folder), proofs)
    except (RehearsalError, OutputsError, subprocess.TimeoutExpired, httpx.HTTPError) as error:
        print(f"\n{proofs.table() if proofs.rows else ''}\n\ndeploy-local failed: {error}", file=sys.stderr)
        return 1
    print(f"\nProved through the deployed URL:\n{proofs.table()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
