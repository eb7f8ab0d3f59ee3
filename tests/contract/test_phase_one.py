"""Every endpoint that the requirements name for Phase 1 is declared, by its method and path."""

import re

import pytest

from shared.registry import routes

# Sections 1.1 to 1.9 of the requirements; `:name` stands for any path parameter.
PHASE_ONE = [
    "",
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "POST /api/auth/refresh-token",
    "POST /api/auth/forgot-password",
    "POST /api/auth/reset-password",
    "GET /api/auth/me",
    "GET /api/users",
    "GET /api/users/:id",
    "POST /api/users",
    "PUT /api/users/:id",
    "DELETE /api/users/:id",
    "PATCH /api/users/:id/change-password",
    "PATCH /api/users/:id/toggle-status",
    "GET /api/students",
    "GET /api/students/:id",
    "POST /api/students",
    "PUT /api/students/:id",
    "DELETE /api/students/:id",
    "GET /api/students/:id/attendance",
    "GET /api/students/:id/fees",
    "GET /api/students/:id/results",
    "POST /api/students/bulk-import",
    "GET /api/students/export",
    "GET /api/classes",
    "GET /api/classes/:id",
    "POST /api/classes",
    "PUT /api/classes/:id",
    "DELETE /api/classes/:id",
    "GET /api/classes/:id/students",
    "GET /api/classes/:id/subjects",
    "POST /api/classes/:id/assign-teacher",
    "GET /api/attendance",
    "GET /api/attendance/class/:classId/date/:date",
    "POST /api/attendance/mark",
    "PUT /api/attendance/:id",
    "GET /api/attendance/student/:studentId",
    "GET /api/attendance/student/:studentId/summary",
    "GET /api/attendance/class/:classId/summary",
    "GET /api/attendance/report",
    "GET /api/fees",
    "GET /api/fees/:id",
    "POST /api/fees",
    "PUT /api/fees/:id",
    "DELETE /api/fees/:id",
    "GET /api/fees/student/:studentId",
    "POST /api/fees/:id/record-payment",
    "GET /api/fees/overdue",
    "GET /api/fees/summary",
    "GET /api/fees/report",
    "GET /api/teachers",
    "GET /api/teachers/:id",
    "POST /api/teachers",
    "PUT /api/teachers/:id",
    "DELETE /api/teachers/:id",
    "GET /api/teachers/:id/classes",
    "GET /api/teachers/:id/subjects",
    "GET /api/teachers/:id/schedule",
    "GET /api/notifications",
    "GET /api/notifications/:id",
    "POST /api/notifications",
    "PUT /api/notifications/:id",
    "DELETE /api/notifications/:id",
    "POST /api/notifications/:id/send",
    "PATCH /api/notifications/:id/mark-read",
    "GET /api/notifications/user/:userId",
    "GET /api/dashboard/school-admin",
    "GET /api/dashboard/teacher",
    "GET /api/dashboard/accountant",
    "GET /api/dashboard/student",
    "GET /api/analytics/students",
    "GET /api/analytics/attendance",
    "GET /api/analytics/fees",
    "GET /api/analytics/performance",
    "GET /api/logs",
    "GET /api/logs/:id",
    "POST /api/logs",
    "GET /api/logs/user/:userId",
    "GET /api/logs/export",
    "",
]
ASKED = [line for line in PHASE_ONE if line]
DECLARED = {f"{route.method} {re.sub(r'<[^>]+>', ':', route.path)}" for _, route in routes()}


def test_the_requirements_name_seventy_eight_endpoints() -> None:
    assert len(set(ASKED)) == 78


@pytest.mark.parametrize("endpoint", ASKED)
def test_every_endpoint_of_phase_one_is_declared(endpoint: str) -> None:
    assert re.sub(r":\w+", ":", endpoint) in DECLARED
