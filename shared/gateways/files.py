"""Objects in the files bucket. Every key lies under its school's own prefix."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.data.connection import client
from shared.settings import settings

_PART = 6 << 20  # S3 takes parts of 5 MB and more
_PIECE = 1 << 18
LINK_SECONDS = 900
KEEP_TAG = "keep"


class Keep(StrEnum):
    """How long storage keeps an object before its lifecycle rule removes it; the object carries it as a tag."""

    DAY = "day"
    MONTH = "month"


def _tagging(keep: Keep | None) -> dict[str, str]:
    return {"Tagging": f"{KEEP_TAG}={keep}"} if keep else {}


def key_of(school_id: str, *path: str) -> str:
    """The key of a school's object."""
    return "/".join(("schools", school_id, *path))


def put(key: str, content: bytes, content_type: str = "application/octet-stream", *, keep: Keep | None = None) -> None:
    """Write a whole object."""
    client("s3").put_object(Bucket=settings().files_bucket, Key=key, Body=content, ContentType=content_type, **_tagging(keep))


def size(key: str) -> int | None:
    """The object's size, or None where there is none."""
    from botocore.exceptions import ClientError  # A cold start does without.

    try:
        return int(client("s3").head_object(Bucket=settings().files_bucket, Key=key)["ContentLength"])
    except ClientError as error:
        # Without the right to list the bucket, S3 says 403 of an object that is not there.
        if error.response["Error"]["Code"] in ("403", "404", "NoSuchKey", "NotFound"):
            return None
        raise


def get(key: str) -> bytes:
    """A whole object: for small ones."""
    content: bytes = client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].read()
    return content


def stream(key: str) -> Iterator[bytes]:
    """An object piece by piece."""
    yield from client("s3").get_object(Bucket=settings().files_bucket, Key=key)["Body"].iter_chunks(_PIECE)


def listed(prefix: str) -> Iterator[tuple[str, datetime]]:
    """Keys under a prefix, and when each object was written: for the one worker that may list (`Grant.FILES_SWEEP`)."""
    more: dict[str, Any] = {}
    while True:
        told = client("s3").list_objects_v2(Bucket=settings().files_bucket, Prefix=prefix, **more)
        yield from ((entry["Key"], entry["LastModified"]) for entry in told.get("Contents", []))
        if not told.get("IsTruncated"):
            return
        more = {"ContinuationToken": told["NextContinuationToken"]}


def remove(*keys: str) -> None:
    """Remove objects; one that does not exist is no error."""
    for key in keys:
        client("s3").delete_object(Bucket=settings().files_bucket, Key=key)


class Upload:
    """An object that is written in parts as its content comes. Nothing is kept unless it is finished."""

    def __init__(self, key: str, content_type: str, *, keep: Keep | None = None) -> None:
        self._where = {"Bucket": settings().files_bucket, "Key": key}
        begun = client("s3").create_multipart_upload(**self._where, ContentType=content_type, **_tagging(keep))
        self._id: str = begun["UploadId"]
        self._parts: list[dict[str, Any]] = []
        self._pending = bytearray()

    def write(self, content: bytes) -> None:
        """Add content; a part is sent when enough has come together."""
        self._pending += content
        if len(self._pending) >= _PART:
            self._send()

    def finish(self) -> None:
        """Send the rest and make the object."""
        if self._pending or not self._parts:
            self._send()
        client("s3").complete_multipart_upload(**self._where, UploadId=self._id, MultipartUpload={"Parts": self._parts})

    def abort(self) -> None:
        """Drop what was sent."""
        client("s3").abort_multipart_upload(**self._where, UploadId=self._id)

    def _send(self) -> None:
        number = len(self._parts) + 1
        answer = client("s3").upload_part(**self._where, UploadId=self._id, PartNumber=number, Body=bytes(self._pending))
        self._parts.append({"ETag": answer["ETag"], "PartNumber": number})
        self._pending.clear()


def link(key: str, filename: str, content_type: str, seconds: int = LINK_SECONDS) -> str:
    """A signed address from which the object can be saved for a while."""
    shown = {"ResponseContentDisposition": f'attachment; filename="{filename}"', "ResponseContentType": content_type}
    where = {"Bucket": settings().files_bucket, "Key": key, **shown}
    address: str = client("s3").generate_presigned_url("get_object", Params=where, ExpiresIn=seconds)
    return address


def upload_form(key: str, content_type: str, max_bytes: int, seconds: int = LINK_SECONDS, *, keep: Keep) -> dict[str, Any]:
    """{url, fields} of a signed form that uploads this one object, of this type and no larger than `max_bytes`."""
    tagged = f"<Tagging><TagSet><Tag><Key>{KEEP_TAG}</Key><Value>{keep}</Value></Tag></TagSet></Tagging>"
    made: dict[str, Any] = client("s3").generate_presigned_post(
        settings().files_bucket,
        key,
        Fields={"Content-Type": content_type, "tagging": tagged},
        Conditions=[{"Content-Type": content_type}, {"tagging": tagged}, ["content-length-range", 1, max_bytes]],
        ExpiresIn=seconds,
    )
    return made
