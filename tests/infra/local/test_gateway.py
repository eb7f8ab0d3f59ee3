"""HTTP becomes true HTTP API events, answers become HTTP, and Lambda's limits hold."""

import concurrent.futures
import json
import time

import httpx
import pytest

from tests.infra.local.conftest import wait_for

pytestmark = pytest.mark.slow


def shown(answer: httpx.Response) -> dict:
    assert answer.status_code == 200
    return answer.json()["event"]


def error(answer: httpx.Response) -> tuple[int, str]:
    told = answer.json()
    assert told["success"] is False
    assert told["error"]["requestId"] == answer.headers["apigw-requestid"]
    return answer.status_code, told["error"]["code"]


def test_an_event_is_as_the_gateway_makes_it(http: httpx.Client) -> None:
    sent = [("X-Many", "1"), ("x-many", "2"), ("Cookie", "a=b; c=d"), ("X-Forwarded-For", "6.6.6.6")]
    event = shown(http.get("/api/echo/caf%C3%A9?tag=a&tag=b&empty=", headers=sent))
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "ANY /api/echo/{proxy+}", "/api/echo/café")
    assert event["rawQueryString"] == "tag=a&tag=b&empty="
    assert event["queryStringParameters"] == {"tag": "a,b", "empty": ""}
    assert event["pathParameters"] == {"proxy": "café"}
    assert event["cookies"] == ["a=b", "c=d"]
    assert event["headers"]["x-many"] == "1,2"
    assert "cookie" not in event["headers"]
    assert event["headers"]["x-forwarded-for"] == "6.6.6.6, 127.0.0.1"
    assert event["requestContext"]["http"]["sourceIp"] == "127.0.0.1"
    assert event["requestContext"]["http"]["method"] == "GET"
    assert "body" not in event
    assert event["isBase64Encoded"] is False


def test_an_event_says_no_more_than_there_is(http: httpx.Client) -> None:
    event = shown(http.get("/api/echo"))
    assert {"cookies", "queryStringParameters", "pathParameters", "body"}.isdisjoint(event)


@pytest.mark.parametrize(
    ("kind", "content", "body", "encoded"),
    [
        ("application/json", b'{"a": 1}', '{"a": 1}', False),
        ("text/plain; charset=utf-8", "ü".encode(), "ü", False),
        ("application/problem+json", b"{}", "{}", False),
        ("application/octet-stream", b"\x00\xff", "AP8=", True),
        ("application/json", b"\xff", "/w==", True),
        ("application/x-www-form-urlencoded", b"a=1", "YT0x", True),
        ("multipart/form-data; boundary=x", b"--x--", "LS14LS0=", True),
    ],
)
def test_what_is_not_text_goes_in_base64(http: httpx.Client, kind: str, content: bytes, body: str, encoded: bool) -> None:
    event = shown(http.post("/api/echo", content=content, headers={"Content-Type": kind}))
    assert (event["body"], event["isBase64Encoded"]) == (body, encoded)


def test_a_handler_has_its_own_timeout_and_name(http: httpx.Client) -> None:
    told = http.get("/api/echo").json()
    assert told["function"] == "echo"
    assert 1000 < told["remaining"] <= 2000


def test_answers_come_out_binary_and_with_every_cookie(http: httpx.Client) -> None:
    picture = http.get("/api/echo/binary")
    assert (picture.headers["content-type"], picture.content) == ("image/png", b"\x89PNG\x00\xff")
    assert http.get("/api/echo/cookies").headers.get_list("set-cookie") == ["a=1; HttpOnly", "b=2; Secure"]
    assert http.get("/api/echo/bare").json() == {"hello": "world"}
    assert http.head("/api/echo").content == b""


def test_an_unknown_path_is_404_in_the_envelope(http: httpx.Client) -> None:
    assert error(http.get("/api/nothing")) == (404, "NOT_FOUND")
    assert error(http.get("/")) == (404, "NOT_FOUND")
    assert error(http.get("/api/echo/")) == (404, "NOT_FOUND")


def test_lambdas_limits_of_six_megabytes(http: httpx.Client) -> None:
    fits = http.post("/api/echo/now", content=b"x" * 6_000_000, headers={"Content-Type": "text/plain"})
    assert fits.status_code == 200
    assert error(http.post("/api/echo", content=b"x" * 6_400_000, headers={"Content-Type": "text/plain"})) == (413, "PAYLOAD_TOO_LARGE")
    assert error(http.post("/api/echo", content=b"\x00" * 5_000_000)) == (413, "PAYLOAD_TOO_LARGE")  # base64 makes it a third longer
    assert error(http.post("/api/echo", content=b"\x00" * 10_500_000)) == (413, "PAYLOAD_TOO_LARGE")
    assert error(http.get("/api/echo/large")) == (500, "INTERNAL_ERROR")


def test_a_function_that_fails_answers_500_and_the_next_request_works(http: httpx.Client) -> None:
    for act in ("fail", "crash", "crooked", "crash"):
        assert error(http.get(f"/api/echo/{act}")) == (500, "INTERNAL_ERROR")
        assert http.get("/api/echo").status_code == 200


def test_a_function_that_hangs_is_ended_and_replaced(http: httpx.Client) -> None:
    began = time.monotonic()
    late = http.get("/api/echo/sleep")
    assert error(late) == (503, "UNAVAILABLE")
    assert "retry-after" in late.headers
    assert 2 <= time.monotonic() - began < 8
    assert http.get("/api/echo").status_code == 200


def test_every_worker_takes_its_share(http: httpx.Client) -> None:
    pids: set[int] = set()

    def both() -> bool:
        with concurrent.futures.ThreadPoolExecutor(8) as many:
            answers = list(many.map(lambda _: http.get("/api/echo/now"), range(40)))
        assert {answer.status_code for answer in answers} == {200}
        pids.update(answer.json()["pid"] for answer in answers)
        return len(pids) >= 2

    wait_for(both)  # one may still be starting after the test before


def test_cors_is_the_gateways(http: httpx.Client) -> None:
    ask = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}
    known = http.options("/api/echo", headers={**ask, "Origin": "https://app.school.example"})
    assert known.status_code == 204
    assert known.headers["access-control-allow-origin"] == "https://app.school.example"
    assert known.headers["access-control-allow-credentials"] == "true"
    assert "if-match" in known.headers["access-control-allow-headers"]
    stranger = http.options("/api/echo", headers={**ask, "Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in stranger.headers
    own = http.get("/api/echo/cookies", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in own.headers  # also when the function said `*`
    assert shown(http.request("OPTIONS", "/api/echo"))["requestContext"]["http"]["method"] == "OPTIONS"


def test_the_clock_moves_in_every_process(http: httpx.Client) -> None:
    told = http.post("/_local/clock", json={"now": "2030-05-01T06:00:00Z"}).json()
    assert told["now"].startswith("2030-05-01T06:00:0")
    try:
        seen = {http.get("/api/echo/now").json()["now"][:16] for _ in range(20)}
        assert seen <= {"2030-05-01T06:00", "2030-05-01T06:01"}
    finally:
        assert http.post("/_local/clock", json={"reset": True}).json()["offsetSeconds"] == 0
    assert not http.get("/api/echo/now").json()["now"].startswith("2030")


@pytest.mark.parametrize("asked", [b"{}", b"nonsense", b'{"now": "yesterday"}', b'{"offsetSeconds": "1"}', b'{"offsetSeconds": 1e400}'])
def test_the_clock_takes_no_nonsense(http: httpx.Client, asked: bytes) -> None:
    assert error(http.post("/_local/clock", content=asked)) == (400, "VALIDATION_ERROR")


def test_the_mailbox_shows_every_mail_and_sms(http: httpx.Client) -> None:
    before = len(http.get("/_local/messages").json())
    assert http.get("/api/echo/mail").status_code == 200
    mail, sms = http.get("/_local/messages").json()[before:]
    assert (mail["channel"], mail["to"], mail["subject"]) == ("email", ["anna@school.example"], "Grüße <b>")
    assert (mail["text"], mail["html"]) == ("Text", "<p>Html</p>")
    assert (sms["channel"], sms["to"], sms["text"]) == ("sms", ["+4915112345678"], "SMS")
    page = http.get("/_local/mailbox")
    assert page.headers["content-type"].startswith("text/html")
    assert "Grüße &lt;b&gt;" in page.text
    assert "<p>Html</p>" not in page.text


def test_the_local_routes_say_what_they_take(http: httpx.Client) -> None:
    assert error(http.get("/_local/schedules/echo-nightly/run")) == (405, "METHOD_NOT_ALLOWED")
    assert error(http.post("/_local/schedules/none/run")) == (404, "NOT_FOUND")
    assert error(http.get("/_local/none")) == (404, "NOT_FOUND")
    assert http.post("/_local/schedules/echo-nightly/run").json() == {"result": {"done": "echo-nightly"}}
    assert json.loads(http.get("/_local/health").content) == {"status": "ok", "modulesThatDoNotImport": []}
