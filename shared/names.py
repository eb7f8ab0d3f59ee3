"""Names that many layers share, in a module that costs nothing to import."""

PLATFORM_SCHOOL = "PLATFORM"  # the school id under which platform staff and their journal are kept
ACCESS_COOKIE = "homeroom_access"
REFRESH_COOKIE = "homeroom_refresh"
CSRF_COOKIE = "homeroom_csrf"


def camel(name: str) -> str:
    """`first_name` → `firstName`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)
