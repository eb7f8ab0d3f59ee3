"""Templates by topic and language, preferences, and unsubscribing (RFC 8058)."""

import pytest

from functions.notifications import persons
from functions.notifications.texts import BUILT_IN, FRAMES
from functions.notifications.unsubscribing import PATH, token
from shared.auth.permissions import Role
from shared.data import reader
from shared.entities.notices import NoticePreference
from shared.topics import TOPICS
from tests.api.notifications.conftest import make_person
from tests.support.client import Client
from tests.support.notices import post  # noqa: F401 - a fixture
from tests.support.world import make_school

ONE_CLICK = {"content-type": "application/x-www-form-urlencoded"}


def simple(mail):
    return mail["Content"]["Simple"]


def headers(mail):
    return {h["Name"]: h["Value"] for h in simple(mail).get("Headers", [])}


def test_every_topic_has_a_text_in_five_languages_and_no_unknown_placeholder():
    from functions.notifications.rendering import unknown_placeholders

    assert set(BUILT_IN) == set(TOPICS)
    for topic, by_language in BUILT_IN.items():
        assert set(by_language) == set(FRAMES) == {"en", "hi", "fr", "es", "ar"}
        for text in by_language.values():
            assert [unknown_placeholders(topic, t) for t in (text.subject, text.body, text.sms)] == [[], [], []]


def test_placeholders_are_checked_field_by_field(town):
    body = {"topic": "ABSENCE", "language": "en", "subject": "{student} {price}", "body": "{", "sms": "{student.name}"}
    reply = town.admin.client.post("/api/notification-templates", body)
    assert (reply.status, [d["field"] for d in reply.error["details"]]) == (400, ["subject", "body", "sms"])


def test_a_schools_own_text_takes_the_place_of_the_built_in_one_and_gives_it_back(town, post):  # noqa: F811 - the fixture's value
    client = town.admin.client
    body = {"topic": "ANNOUNCEMENT", "language": "en", "subject": "News: {title}", "body": "{name}, {content}", "sms": "{title}"}
    made = client.post("/api/notification-templates", body)
    assert (made.status, made.data["version"], made.data["builtIn"]) == (201, 1, False)
    assert client.post("/api/notification-templates", body).status == 409
    town.sent(post, audience=["SCHOOL_ADMIN"])
    assert simple(post.mails[-1])["Subject"]["Data"] == "News: Closed on Friday"
    path = f"/api/notification-templates/{made.data['id']}"
    assert client.put(path, {"subject": "Again: {title}"}).data["subject"] == "Again: {title}"
    assert client.put(path, {"subject": "{nonsense}"}).status == 400
    listed = client.get("/api/notification-templates", topic="ANNOUNCEMENT", pageSize=100).data
    assert [(r["language"], r["builtIn"]) for r in listed] == [("ar", True), ("en", False), ("es", True), ("fr", True), ("hi", True)]
    assert client.delete(path).data["outcome"] == "removed"
    town.sent(post, audience=["SCHOOL_ADMIN"])
    assert simple(post.mails[-1])["Subject"]["Data"] == "Closed on Friday"
    assert client.post("/api/notification-templates", body).status == 201


def test_a_built_in_text_is_shown_and_not_changed(town):
    row = town.admin.client.get("/api/notification-templates", topic="RECEIPT", language="fr").data[0]
    path = f"/api/notification-templates/{row['id']}"
    assert town.admin.client.get(path).data["subject"] == "{student} : reçu {receiptNumber}"
    assert town.admin.client.put(path, {"subject": "x"}).status == 409
    assert town.admin.client.delete(path).status == 409
    teacher = make_person(town.school, Role.TEACHER)
    assert teacher.client.get(path).status == 200
    assert teacher.client.delete(path).status == 403


def test_the_recipients_language_comes_before_the_schools_and_both_before_english(town, post):  # noqa: F811 - the fixture's value
    school = make_school(locale="fr-FR")
    town.school, town.admin = school, make_person(school, Role.SCHOOL_ADMIN)
    hindi, french, unknown = (make_person(school, Role.STUDENT_PARENT) for _ in range(3))
    hindi.client.put("/api/notification-preferences", {"language": "hi"})
    unknown.client.put("/api/notification-preferences", {"language": "xx"})
    town.sent(post, audience=[], targetUserIds=[hindi.id, french.id, unknown.id])
    said = {m["to"]: simple(m)["Body"]["Text"]["Data"].split()[0] for m in post.mails}
    assert said == {hindi.email: "नमस्ते", french.email: "Bonjour", unknown.email: "Bonjour"}


def test_html_is_escaped_has_a_text_beside_it_and_runs_from_right_to_left_where_the_script_does(town, post):  # noqa: F811 - the fixture's value
    school = make_school(locale="ar-AE", name="<b>School</b>")
    town.school, town.admin = school, make_person(school, Role.SCHOOL_ADMIN)
    town.sent(post, audience=["SCHOOL_ADMIN"], title="A & B", content="<script>alert(1)</script>\n\nSecond {name}")
    html, text = (simple(post.mails[0])["Body"][kind]["Data"] for kind in ("Html", "Text"))
    assert 'dir="rtl"' in html
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<b>School" not in html
    assert "<script>alert(1)</script>" in text
    assert "Second {name}" in text


def test_preferences_stop_a_channel_of_a_topic_and_a_duty_stays(town, post):  # noqa: F811 - the fixture's value
    parent = make_person(town.school, Role.STUDENT_PARENT)
    before = parent.client.get("/api/notification-preferences").data
    assert {t["topic"] for t in before["topics"]} == set(TOPICS)
    reply = parent.client.put("/api/notification-preferences", {"topics": {"ANNOUNCEMENT": ["IN_APP"]}})
    assert [t["channels"] for t in reply.data["topics"] if t["topic"] == "ANNOUNCEMENT"] == [["IN_APP"]]
    refused = parent.client.put("/api/notification-preferences", {"topics": {"SAFETY": []}})
    assert (refused.status, refused.error["details"][0]["field"]) == (400, "topics.SAFETY")
    town.sent(post, audience=[], targetUserIds=[parent.id])
    assert post.mails == []
    town.sent(post, audience=[], targetUserIds=[parent.id], topic="SAFETY", title="Leave the house")
    assert [m["to"] for m in post.mails] == [parent.email]
    assert [r["title"] for r in parent.client.get("/api/notifications").data] == ["Leave the house", "Closed on Friday"]
    stale = parent.client.put("/api/notification-preferences", {"language": "fr"}, headers={"if-match": '"9"'})
    assert stale.status == 409


def mail_to_a_parent(town, post):  # noqa: F811 - the fixture's value
    town.class_("A")
    town.student("A", parent_email="mother@home.example")
    town.sent(post)
    return post.mails[-1]


def path_of(mail):
    address = headers(mail)["List-Unsubscribe"]
    assert address.startswith("<http")
    return address.strip("<>").partition("/api/")[2].join(["/api/", ""])


def test_rfc8058_one_click_stops_the_mails_of_the_topic_without_signing_in(town, post):  # noqa: F811 - the fixture's value
    first = mail_to_a_parent(town, post)
    assert headers(first)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = path_of(first)
    for _ in range(3):  # scanners of mail servers follow links
        assert Client().get(path).data["subscribed"] is True
    page = Client().request("GET", path, headers={"accept": "text/html"})
    assert b'<form method="post">' in page.body
    wrong = Client().request("POST", path, raw=b"x=1", headers=ONE_CLICK)
    assert wrong.status == 400
    assert Client().get(path).data["subscribed"] is True
    for _ in range(2):
        reply = Client().request("POST", path, raw=b"List-Unsubscribe=One-Click", headers=ONE_CLICK)
        assert (reply.status, reply.data["subscribed"]) == (200, False)
    page = Client().request("POST", path, raw=b"List-Unsubscribe=One-Click", headers={**ONE_CLICK, "accept": "text/html"})
    assert b"You get no more e-mails of this kind from Test School." in page.body
    town.sent(post)
    assert len(post.mails) == 1
    multipart = b'--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n'
    reply = Client().request("POST", path, raw=multipart, headers={"content-type": "multipart/form-data; boundary=b"})
    assert reply.status == 200


def test_rfc8058_a_link_cannot_be_guessed_or_turned_to_somebody_else(town, post, world):  # noqa: F811 - the fixture's value
    path = path_of(mail_to_a_parent(town, post))
    school, person, topic, signature = path.removeprefix(PATH).split(".")
    other = make_school()
    forged = [
        f"{school}.{town.admin.id}.{topic}.{signature}",
        f"{school}.{person}.FEE_REMINDER.{signature}",
        f"{other.id}.{person}.{topic}.{signature}",
        f"{school}.{person}.{topic}.{'A' * len(signature)}",
        f"{school}.{person}.{topic}.",
        token(school, person, "SAFETY"),
        token(school, person, "NONSENSE"),
        "x",
    ]
    for told in forged:
        assert Client().get(f"{PATH}{told}").status == 404, told
        assert Client().request("POST", f"{PATH}{told}", raw=b"List-Unsubscribe=One-Click", headers=ONE_CLICK).status == 404, told
    assert persons.known_key(other.id) is None  # being asked about nothing leaves nothing behind
    assert "mother" not in path
    assert reader.load(NoticePreference, school_id=school, id=person) is None


def test_a_duty_carries_no_unsubscribe_link(town, post):  # noqa: F811 - the fixture's value
    town.sent(post, audience=["SCHOOL_ADMIN"], topic="SAFETY")
    assert headers(post.mails[0]) == {}
    assert "unsubscribe" not in simple(post.mails[0])["Body"]["Html"]["Data"]


@pytest.mark.parametrize("told", ["Complaint"])
def test_who_complains_gets_no_more_of_the_topic(town, post, told):  # noqa: F811 - the fixture's value
    mail = mail_to_a_parent(town, post)
    post.tell(*[post.ses_event(mail, told)] * 3)
    town.sent(post)
    assert len(post.mails) == 1
