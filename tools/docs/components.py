"""What operations share in the OpenAPI document: the envelope, headers, parameters, ways to sign in."""

from typing import Any

from shared.names import ACCESS_COOKIE
from tools.docs.errors import REQUEST_ID
from tools.docs.examples import example_id

type Json = dict[str, Any]

SCHEMAS: Json = {
    "ErrorEnvelope": {
        "type": "object",
        "title": "ErrorEnvelope",
        "description": "Every error, of whatever kind.",
        "required": ["success", "error"],
        "additionalProperties": False,
        "properties": {
            "success": {"const": False, "type": "boolean"},
            "error": {
                "type": "object",
                "required": ["code", "message", "requestId"],
                "additionalProperties": False,
                "properties": {
                    "code": {"type": "string", "description": "What kind of error it is, for programs.", "examples": ["VALIDATION_ERROR"]},
                    "message": {"type": "string", "description": "What is wrong, for people."},
                    "requestId": {"type": "string", "description": "Names this request in the logs; also the header `X-Request-Id`."},
                    "details": {
                        "type": "array",
                        "description": "Every bad field at once.",
                        "items": {"$ref": "#/components/schemas/ErrorDetail"},
                    },
                    "currentVersion": {"type": "integer", "description": "The version that stands, where `If-Match` was behind."},
                },
            },
            "data": {"type": "object", "description": "What is told besides, such as the report of an import whose rows were refused."},
        },
    },
    "ErrorDetail": {
        "type": "object",
        "title": "ErrorDetail",
        "description": "One bad field.",
        "required": ["field", "message"],
        "additionalProperties": False,
        "properties": {
            "field": {
                "type": "string",
                "description": "Its path, such as `address.city` or `rows[3].amount`.",
                "examples": ["address.city"],
            },
            "message": {"type": "string", "description": "What is wrong with it.", "examples": ["Field required"]},
        },
    },
    "Pagination": {
        "type": "object",
        "title": "Pagination",
        "description": "Where a page stands in its list; totals are exact.",
        "required": ["page", "pageSize", "totalPages", "totalRecords"],
        "additionalProperties": False,
        "properties": {
            "page": {"type": "integer", "minimum": 1, "examples": [1]},
            "pageSize": {"type": "integer", "minimum": 1, "maximum": 100, "examples": [20]},
            "totalPages": {"type": "integer", "minimum": 0, "examples": [1]},
            "totalRecords": {"type": "integer", "minimum": 0, "examples": [1]},
        },
    },
}
HEADERS: Json = {
    "RequestId": {"description": "Names this request in the logs.", "schema": {"type": "string"}, "example": REQUEST_ID},
    "ETag": {
        "description": "The record's version in quotes, for `If-Match`.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
        "example": '"3"',
    },
    "ContentTag": {
        "description": "Names this content, for `If-None-Match`: 304 without a body where nothing has changed.",
        "schema": {"type": "string"},
        "example": '"9f86d081884c7d659a2feaa0c55ad015"',
    },
    "RetryAfter": {
        "description": "Seconds to wait before the request is sent again.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 2,
    },
    "RateLimit": {
        "description": "What is left of the limit (r), and in how many seconds the oldest request falls out of it (t).",
        "schema": {"type": "string"},
        "example": '"read";r=99;t=60',
    },
    "RateLimitPolicy": {
        "description": "The limit: its name, requests (q) in a window of seconds (w).",
        "schema": {"type": "string"},
        "example": '"read";q=100;w=60',
    },
    "IdempotencyReplayed": {
        "description": "`true` where this is the answer to an earlier request with the same Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
    "ContentDisposition": {
        "description": "The name under which to save the file.",
        "schema": {"type": "string"},
        "example": 'attachment; filename="students.csv"',
    },
    "CacheControl": {
        "description": "For how long the answer may be kept.",
        "schema": {"type": "string"},
        "example": "public, max-age=300",
    },
}
PARAMETERS: Json = {
    "SchoolId": {
        "name": "X-School-Id",
        "in": "header",
        "description": "The school in which a SUPER_ADMIN works; ignored for everybody else. Each such look is audited.",
        "schema": {"type": "string", "format": "uuid", "examples": [example_id("school_id")]},
    },
    "CsrfToken": {
        "name": "X-CSRF-Token",
        "in": "header",
        "description": "The value of the cookie `homeroom_csrf`: needed where the request is signed in by cookie, not with a bearer token.",
        "schema": {"type": "string", "maxLength": 64, "examples": ["5f2b8c1d9e3a4f60718293a4b5c6d7e8"]},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": (
            "Makes a retry safe: the same key and body within 24 hours get the first answer again and nothing is done twice; "
            "the same key with another body is a conflict."
        ),
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$", "examples": ["9d1f6a1e-create"]},
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The version that the change is meant for, as the `ETag` told it. One that is behind is a conflict; without it the last writer wins.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$', "examples": ['"3"']},
    },
}
SECURITY_SCHEMES: Json = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "The `accessToken` of a sign-in or refresh; valid for an hour.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": ACCESS_COOKIE,
        "description": "Set by a sign-in in a browser. A write needs the header `X-CSRF-Token` besides.",
    },
}
