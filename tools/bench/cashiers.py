"""Ten cashiers at once, and sixty payments in the same instant, over HTTP on the running local stack."""

import asyncio
import random
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from infra.local.stack import LocalStack
from tools.bench.figures import Figure, Table
from tools.bench.load import provision

HOW = (
    "On `make run`'s own stack: ten cashiers take {each} payments each, one about every {pause:.0f} s; then sixty requests in the same instant, thirty Idempotency-Keys each sent twice. "
    "Generator, front, workers and engines share this machine's cores. Receipts and sums are compared afterwards."
)
CASHIERS = 10
EACH = 12
PAUSE = 2.0
AT_ONCE = 30

type Fee = str


def measure() -> Table:
    """Start a stack, charge fees, take payments, compare."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalStack(Path(folder) / "data", workers=4) as stack,
        httpx.Client(base_url=stack.url, timeout=60) as http,
    ):
        _, token = provision(http, stack)
        http.headers["authorization"] = f"Bearer {token}"
        fees = _charge(http, CASHIERS * EACH + AT_ONCE)
        counter, at_once = fees[: CASHIERS * EACH], fees[CASHIERS * EACH :]
        times, refused = asyncio.run(_cashiers(stack.url, token, counter))
        twins = asyncio.run(_at_once(stack.url, token, at_once))
        receipts = [p["receiptNumber"] for p in _payments(http)]
        summary = http.get("/api/fees/summary").raise_for_status().json(parse_float=Decimal)["data"]
    year = receipts[0][4:8]
    wanted = {f"RCP-{year}-{n:04d}" for n in range(1, len(fees) + 1)}
    paid = sum((Decimal("100.10") for _ in fees), Decimal(0))
    cuts = quantiles(times, n=20)
    figures = [
        Figure(
            "record a payment, ten cashiers: p95",
            cuts[-1] * 1000,
            "ms",
            500,
            120,
            note=f"p50 {cuts[9] * 1000:.0f} ms, {len(times)} payments",
        ),
        Figure("payments refused", refused, "", 0),
        Figure("receipts missing or double", len(wanted ^ set(receipts)) + len(receipts) - len(set(receipts)), "", 0),
        Figure("twins with another receipt than the first", twins, "", 0),
        Figure("summary's difference from what was paid, in cents", float(abs(summary["totalPaid"] - paid) * 100), "", 0),
    ]
    return Table("At the counter", HOW.format(each=EACH, pause=PAUSE), figures)


def _charge(http: httpx.Client, count: int) -> list[Fee]:
    """That many open fees of one class of students."""
    room = _made(http, "/api/classes", {"name": "Counter", "section": "A", "grade": "1", "capacity": 60})["id"]
    person = {"lastName": "Payer", "dateOfBirth": "2014-05-17", "gender": "OTHER", "classId": room, "admissionDate": "2026-06-01"}
    person |= {"parentName": "A. Payer", "parentPhone": "+919876543210", "parentRelation": "GUARDIAN"}
    students = [_made(http, "/api/students", {**person, "firstName": f"Student {n}"})["id"] for n in range(40)]
    fee = {"name": "Tuition", "totalAmount": 500.50, "dueDate": "2026-12-10"}
    return [_made(http, "/api/fees", {**fee, "studentId": students[n % len(students)], "name": f"Tuition {n}"})["id"] for n in range(count)]


def _made(http: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = http.post(path, json=body).raise_for_status().json()["data"]
    return made


def _payments(http: httpx.Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    number = pages = 1
    while number <= pages:
        told = http.get("/api/payments", params={"page": number, "pageSize": 100}).raise_for_status().json()
        found += told["data"]
        pages, number = told["pagination"]["totalPages"], number + 1
    return found


async def _cashiers(url: str, token: str, fees: list[Fee]) -> tuple[list[float], int]:
    times: list[float] = []
    refused = 0

    async def cashier(number: int) -> None:
        nonlocal refused
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, PAUSE))
        for fee in fees[number::CASHIERS]:
            started = time.perf_counter()
            reply = await http.post(f"/api/fees/{fee}/record-payment", json={"amount": 100.10, "paymentMethod": "CASH"})
            times.append(time.perf_counter() - started)
            refused += reply.status_code != 201
            await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE)

    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=30) as http:
        await asyncio.gather(*(cashier(n) for n in range(CASHIERS)))
    return times, refused


async def _at_once(url: str, token: str, fees: list[Fee]) -> int:
    """Sixty requests in one instant; how many twins got another receipt, or none."""
    limits = httpx.Limits(max_connections=2 * len(fees))

    async def pay(fee: Fee) -> str:
        body = {"amount": 100.10, "paymentMethod": "CARD"}
        reply = await http.post(f"/api/fees/{fee}/record-payment", json=body, headers={"Idempotency-Key": f"at-once-{fee}"})
        told: str = reply.json()["data"]["receiptNumber"] if reply.status_code == 201 else f"{reply.status_code}"
        return told

    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=60, limits=limits) as http:
        told = await asyncio.gather(*(pay(fee) for fee in [*fees, *fees]))
    first, second = told[: len(fees)], told[len(fees) :]
    return sum(1 for a, b in zip(first, second, strict=True) if a != b or not a.startswith("RCP"))
