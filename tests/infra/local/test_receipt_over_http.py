"""A receipt on the local stack: a document over HTTP, with the fonts that the stack fetched, verified by anybody."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.stack import LocalStack

_PASSWORD = "Receipts-2026"
_SCHOOL = {
    "name": "विद्या मंदिर", "address": "1 Test Street", "phone": "+912222222222", "email": "office@receipts.example", "establishedYear": 1990,
    "principalName": "R. Eceipt", "subscriptionTier": "PREMIUM", "timezone": "Asia/Kolkata", "currency": "INR", "country": "IN",
    "locale": "hi-IN", "academicYear": {"name": "2026-2027", "start": "2026-04-01", "end": "2027-03-31"},
    "admin": {"firstName": "First", "lastName": "Admin", "email": "first@receipts.example"},
}  # fmt: skip
_ADMIN = {"email": "admin@receipts.example", "firstName": "A", "lastName": "B", "role": "SCHOOL_ADMIN", "password": _PASSWORD}


def _posted(http: httpx.Client, path: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    data: dict[str, Any] = http.post(path, json=body, headers=headers).raise_for_status().json()["data"]
    return data


def _sign_in(http: httpx.Client, email: str, password: str) -> str:
    return f"Bearer {_posted(http, '/api/auth/login', {'email': email, 'password': password})['accessToken']}"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_receipt_comes_over_http_as_a_document_and_is_verified(tmp_path: Path) -> None:
    with LocalStack(tmp_path / "data", workers=2) as stack, httpx.Client(base_url=stack.url, timeout=60) as http:
        operator = _sign_in(http, *stack.super_admin)
        school = _posted(http, "/api/schools", _SCHOOL, authorization=operator)
        named = {"authorization": operator, "x-school-id": (school.get("school") or school)["id"]}
        _posted(http, "/api/users", {**_ADMIN, "mustChangePassword": False}, **named)
        http.headers["authorization"] = _sign_in(http, _ADMIN["email"], _PASSWORD)
        room = _posted(http, "/api/classes", {"name": "Class 10", "section": "A", "grade": "10", "capacity": 40})
        asha = {"firstName": "आशा", "dateOfBirth": "2012-02-29", "gender": "FEMALE", "classId": room["id"]}
        student = _posted(http, "/api/students", asha)
        fee = _posted(http, "/api/fees", {"studentId": student["id"], "name": "Tuition", "totalAmount": 100, "dueDate": "2027-03-31"})
        payment = _posted(http, f"/api/fees/{fee['id']}/record-payment", {"amount": 40, "paymentMethod": "CASH"})
        receipt = http.get(f"/api/payments/{payment['id']}/receipt").raise_for_status()
        assert receipt.headers["content-type"] == "application/pdf"
        assert receipt.content.startswith(b"%PDF-")
        assert receipt.content.rstrip().endswith(b"%%EOF")
        told = httpx.get(f"{stack.url}/api/receipts/verify/{payment['verificationCode']}").raise_for_status().json()["data"]
        assert (told["schoolName"], told["receiptNumber"], told["valid"]) == ("विद्या मंदिर", payment["receiptNumber"], True)
