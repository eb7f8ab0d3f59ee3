"""p95 under load on the local stack: a hundred users, a thousand requests a minute, ten thousand students."""

import asyncio
import os
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from infra.local.stack import LocalStack
from shared.data import connection
from shared.settings import settings
from tools.bench.figures import Figure, Table

HOW = (
    "{users} users on loopback, {rate:.0f} requests a minute for {seconds:.0f} s ({count} requests, {failed} failed) against `make run`'s own stack with a school of {students:,} students; generator, front, "
    "workers and both engines share this machine's two cores. Every answer is checked for success."
)
USERS = 100
PER_MINUTE = 1_200  # asked for, so that more than 1,000 are made although each waits for its answer
Kind = str
_PASSWORD = "Bench-school-2026"


def provision(http: httpx.Client, stack: LocalStack) -> tuple[str, str]:
    """A school and its admin's access token."""
    email, password = stack.super_admin
    operator = http.post("/api/auth/login", json={"email": email, "password": password}).raise_for_status().json()["data"]["accessToken"]
    bearer = {"authorization": f"Bearer {operator}"}
    school = {
        "name": "Bench School", "address": "1 Bench Street", "phone": "+912222222222", "email": "office@bench.example", "establishedYear": 1990,
        "principalName": "B. Ench", "subscriptionTier": "PREMIUM", "timezone": "Asia/Kolkata", "currency": "INR", "country": "IN", "locale": "en-IN",
        "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
        "admin": {"firstName": "First", "lastName": "Admin", "email": "first@bench.example"},
    }  # fmt: skip
    made = http.post("/api/schools", json=school, headers=bearer).raise_for_status().json()["data"]
    school_id = (made.get("school") or made)["id"]
    admin = {
        "email": "admin@bench.example", "firstName": "Bench", "lastName": "Admin", "role": "SCHOOL_ADMIN",
        "password": _PASSWORD, "mustChangePassword": False,
    }  # fmt: skip
    http.post("/api/users", json=admin, headers={**bearer, "x-school-id": school_id}).raise_for_status()
    signed = http.post("/api/auth/login", json={"email": admin["email"], "password": _PASSWORD}).raise_for_status().json()["data"]
    return school_id, signed["accessToken"]


def _fill(stack: LocalStack, school_id: str, students: int) -> tuple[list[str], list[str]]:
    """Classes and students straight into the stack's table, and the list's snapshot."""
    from shared import list_refresh, lists
    from shared.data.reader import load
    from shared.entities.tenancy import School
    from tools.bench.school import make_classes, make_students

    os.environ.update(stack.environment)
    settings.cache_clear()
    connection.forget()
    school = load(School, school_id=school_id)
    if school is None:
        raise RuntimeError("the school is not there")
    classes = make_classes(school, students // 40)
    made = make_students(school, classes, students)
    list_refresh.refresh(lists.STUDENTS, school_id, least=0)
    return [c.id for c in classes], [s.id for s in made]


def _pick(chance: random.Random, classes: list[str], students: list[str]) -> tuple[Kind, str, str, Any]:
    """One request of a school's morning: kind, method, path, body."""
    student = chance.choice(students)
    fields = ("firstName", "-lastName", "rollNumber", "admissionDate")
    match chance.random():
        case x if x < 0.35:
            return "reads", "GET", f"/api/students?page={chance.randint(1, 100)}&pageSize=100&sort={chance.choice(fields)}", None
        case x if x < 0.50:
            return "reads", "GET", f"/api/students?search={chance.choice(('sharma', 'zoe', 'R-00'))}&pageSize=20", None
        case x if x < 0.70:
            return "reads", "GET", f"/api/students/{student}", None
        case x if x < 0.78:
            return "reads", "GET", f"/api/classes/{chance.choice(classes)}/students", None
        case x if x < 0.85:
            return "reads", "GET", "/api/auth/me", None
        case _:
            return "writes", "PUT", f"/api/students/{student}", {"phone": f"98765 {chance.randint(10_000, 99_999)}"}


async def _run(url: str, token: str, classes: list[str], students: list[str], seconds: float) -> tuple[dict[Kind, list[float]], list[str]]:
    times: dict[Kind, list[float]] = defaultdict(list)
    failures: list[str] = []
    until = time.monotonic() + seconds
    headers = {"authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=USERS, max_keepalive_connections=USERS)

    async def user(number: int) -> None:
        chance = random.Random(number)
        pause = 60 * USERS / PER_MINUTE
        await asyncio.sleep(chance.uniform(0, pause))
        while time.monotonic() < until:
            kind, method, path, body = _pick(chance, classes, students)
            started = time.perf_counter()
            reply = await http.request(method, path, json=body)
            times[kind].append(time.perf_counter() - started)
            if reply.status_code >= 400:
                failures.append(f"{method} {path}: {reply.status_code} {reply.text[:200]}")
            await asyncio.sleep(chance.uniform(0.5, 1.5) * pause)

    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, limits=limits) as http:
        await asyncio.gather(*(user(n) for n in range(USERS)))
    return times, failures


def measure(seconds: float = 60, students: int = 10_000) -> Table:
    """Start a stack, fill it, load it, stop it."""
    with tempfile.TemporaryDirectory() as folder, LocalStack(Path(folder) / "data", workers=4) as stack:
        with httpx.Client(base_url=stack.url, timeout=60) as http:
            school_id, token = provision(http, stack)
            classes, known = _fill(stack, school_id, students)
            for _ in range(12):  # each worker loads the list once
                http.get("/api/students", headers={"authorization": f"Bearer {token}"}).raise_for_status()
        began = time.monotonic()
        times, failures = asyncio.run(_run(stack.url, token, classes, known, seconds))
        took = min(time.monotonic() - began, seconds)
    if failures:
        print("\n".join(failures[:10]))
    count = sum(map(len, times.values()))
    gates = {"reads": (200.0, 50.0), "writes": (500.0, 120.0)}
    figures = []
    for kind, (gate, stretch) in gates.items():
        cuts = quantiles(times[kind], n=100)
        figures.append(
            Figure(f"{kind}: p95", cuts[94] * 1000, "ms", gate, stretch, note=f"p50 {cuts[49] * 1000:.0f} ms, {len(times[kind])} requests")
        )
    figures.append(Figure("failed requests", len(failures), "", 0))
    how = HOW.format(users=USERS, rate=count / took * 60, seconds=took, count=count, failed=len(failures), students=students)
    return Table("Under load", how, figures)
