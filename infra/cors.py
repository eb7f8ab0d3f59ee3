"""What the gateway answers to browsers of other origins: one declaration for the CDK app and the local server."""

ALLOW_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
ALLOW_HEADERS = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-csrf-token",
    "x-request-id",
    "x-school-id",
)
EXPOSE_HEADERS = ("content-disposition", "etag", "location", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id")
MAX_AGE_S = 600
