"""The daily jobs of the audit log; the platform's own journal has a schedule, for it is no school's."""

from datetime import date
from typing import Any

from functions.logs import archiving, nightly
from shared.entities.tenancy import School
from shared.jobs import worker
from shared.names import PLATFORM_SCHOOL


def audit_archive(school: School, _: date) -> dict[str, Any]:
    """Archive and seal the finished days."""
    return archiving.archive_days(school.id)


def audit_verify(school: School, _: date) -> dict[str, Any]:
    """Check the log against its chain and its archive."""
    return nightly.verify_nightly(school.id)


lambda_handler = worker("logs", {"audit-archive": audit_archive, "audit-verify": audit_verify})


def platform(_: dict[str, Any], __: Any) -> dict[str, Any]:
    """Archive and check the platform's journal. Firing twice does no harm: a day is sealed once."""
    return {"archive": archiving.archive_days(PLATFORM_SCHOOL), "verify": nightly.verify_nightly(PLATFORM_SCHOOL)}
