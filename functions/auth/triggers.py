"""What the user pool asks while it signs somebody in. Each waits at most five seconds for its answer."""

from typing import Any

from shared.data import reader
from shared.entities.tenancy import Access, LegacyHash
from shared.gateways.pool import SCHOOL_ATTRIBUTE
from shared.ids import is_id
from shared.observability import logger

_BCRYPT_LENGTH = 72  # bcrypt never looked at more bytes than these


class NoAccess(Exception):
    """The user may not have a token now."""


def pre_token_generation(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Put school, role and session version into the access token, as the table has them now; no token without access (V2)."""
    user_id = event["userName"]
    school_id = event["request"]["userAttributes"].get(SCHOOL_ATTRIBUTE, "")
    access = reader.load(Access, consistent=True, school_id=school_id, user_id=user_id)
    if access is None or access.status != "ACTIVE":
        raise NoAccess("The user has no access")
    claims = {"user": user_id, "school": school_id, "role": access.role, "sv": str(access.session_version)}
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"claimsToAddOrOverride": claims}}}
    return event


def user_migration(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Take over a user whose school brought a bcrypt hash along, at the first sign-in with the right password.

    The sign-in service tells the school; the hash is removed in its transaction, once the pool has the user.
    """
    request = event["request"]
    told = {**(request.get("clientMetadata") or {}), **(request.get("validationData") or {})}
    school_id, user_id = told.get("school", ""), event["userName"]
    if event["triggerSource"] != "UserMigration_Authentication" or not is_id(user_id):
        raise NoAccess("There is nothing to take over")
    found = reader.load(LegacyHash, consistent=True, school_id=school_id, user_id=user_id)
    if found is None or not _matches(request["password"], found.hash):
        raise NoAccess("There is nothing to take over")
    logger().info("user migrated", extra={"school": school_id, "user": user_id})
    event["response"] = {
        "userAttributes": {SCHOOL_ATTRIBUTE: school_id, "username": user_id},
        "finalUserStatus": "CONFIRMED",
        "messageAction": "SUPPRESS",
    }
    return event


def _matches(password: str, bcrypt_hash: str) -> bool:
    import bcrypt  # only this module is packaged with it

    return bcrypt.checkpw(password.encode()[:_BCRYPT_LENGTH], bcrypt_hash.encode())
