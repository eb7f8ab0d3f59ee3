"""Forgotten passwords and invitations, and the mails that carry them."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from functions.auth import codes, consumers, letters, recovery
from shared import clock
from shared.auth import attempts
from shared.auth.sessions import end_all
from shared.data import reader
from shared.data.unit_of_work import Actor, RetryWrite, UnitOfWork
from shared.entities.tenancy import MailClaim, PasswordCode, User
from shared.errors import Unavailable
from shared.gateways import mail, pool
from shared.names import PLATFORM_SCHOOL
from tests.support.client import Client, Context
from tests.support.journal import actions, entries, stream_event
from tests.support.user_pool import PASSWORD, make_user, session, sign_in
from tests.support.world import make_person, make_school

NEW = "Green-Kite-43"


@pytest.fixture
def person(school):
    return make_user(school)


def deliver(school_id: str, kind: str, *, times: int = 1) -> list[str]:
    """Hand the newest entry of a kind to the consumer; the ids that failed."""
    found = entries(school_id, kind)[-1]
    for _ in range(times):
        answer = consumers.mails(stream_event(found), Context())
    return [f["itemIdentifier"] for f in answer["batchItemFailures"]]


def forget(email: str, **options):
    return Client().post("/api/auth/forgot-password", {"email": email}, **options)


def reset(email: str, code: str, password: str = NEW):
    return Client().post("/api/auth/reset-password", {"email": email, "code": code, "newPassword": password})


def code_for(aws, person) -> str:
    forget(person.email)
    assert deliver(person.school_id, "PasswordReset") == []
    return re.search(r"^\d{8}$", aws.mails(person.email)[-1]["text"], re.MULTILINE).group()


def pass_seconds(seconds: float):
    moved = datetime.now(UTC) + timedelta(seconds=seconds)
    clock.use(lambda: moved)


def test_a_forgotten_password_is_replaced_by_the_code_that_was_sent(pooled, person):
    device = session(person)
    code = code_for(pooled, person)
    reply = reset(person.email, code)
    assert (reply.status, reply.data) == (200, {"email": person.email})
    assert sign_in(person).status == 401
    assert sign_in(person, NEW).status == 200
    assert device.renew().status == 401
    assert device.client.get("/api/auth/me").status == 401
    assert [a for a, _ in actions(person.school_id, "Password")] == ["RESET_PASSWORD_BEGUN", "RESET_PASSWORD"]


def test_a4_a_known_and_an_unknown_address_get_the_same_answer(person, school):
    suspended = make_user(school)
    unit = UnitOfWork(suspended.school_id, Actor(), "tests")
    end_all(unit, suspended.school_id, suspended.id, status="SUSPENDED")
    unit.commit()
    replies = [forget(person.email), forget(suspended.email), forget("nobody@nowhere.example")]
    told = [(r.status, r.json, {k: v for k, v in r.headers.items() if k != "x-request-id"}) for r in replies]
    assert replies[0].status == 202
    assert told[0] == told[1] == told[2]


def test_a4_a_known_and_an_unknown_address_take_the_same_requests_to_the_table(person, world):
    counted = []
    for email in (person.email, "nobody@counted.example"):
        world.calls.clear()
        forget(email)
        counted.append([name for name, _ in world.calls])
    assert counted[0] == counted[1]


def test_a_request_for_an_unknown_address_is_journalled_and_sends_nothing(pooled):
    forget("stranger@nowhere.example")
    last = entries(PLATFORM_SCHOOL, "SignIn")[-1]
    assert (last.action, last.status) == ("REQUEST_PASSWORD_RESET", "FAILED")
    assert pooled.mails("stranger@nowhere.example") == []


def test_a_code_works_once(pooled, person):
    code = code_for(pooled, person)
    assert [reset(person.email, code).status for _ in range(2)] == [200, 400]


def test_a_code_works_for_15_minutes(pooled, person):
    code = code_for(pooled, person)
    pass_seconds(15 * 60 + 1)
    assert reset(person.email, code).status == 400
    pass_seconds(14 * 60)
    assert reset(person.email, code).status == 200


def test_a_code_is_tried_five_times(pooled, person):
    code = code_for(pooled, person)
    wrong = "00000000" if code != "00000000" else "11111111"
    assert [reset(person.email, wrong).status for _ in range(5)] == [400] * 5
    assert reset(person.email, code).status == 400


def test_a_wrong_code_an_unknown_address_and_no_code_at_all_get_the_same_answer(pooled, person, school):
    code_for(pooled, person)
    idle = make_user(school)
    replies = [reset(email, "00000000") for email in (person.email, idle.email, "nobody@nowhere.example")]
    told = [{k: v for k, v in r.error.items() if k != "requestId"} for r in replies]
    assert told[0] == told[1] == told[2]
    assert told[0]["details"] == [{"field": "code", "message": "The code is wrong or no longer good"}]


def test_a_code_is_for_its_own_user(pooled, person, school):
    other = make_user(school)
    code = code_for(pooled, person)
    assert reset(other.email, code).status == 400


def test_a_weak_password_is_told_everything_it_lacks_and_costs_no_try(pooled, person):
    code = code_for(pooled, person)
    reply = reset(person.email, code, "abc")
    assert {d["field"] for d in reply.error["details"]} == {"newPassword"}
    assert len(reply.error["details"]) == 3
    for _ in range(6):
        reset(person.email, code, "abc")
    assert reset(person.email, code).status == 200


def test_a_reset_unlocks_the_address(pooled, person):
    for _ in range(attempts.LIMIT):
        sign_in(person, "Wrong-Kite-42")
    assert sign_in(person).status == 429
    assert reset(person.email, code_for(pooled, person)).status == 200
    assert sign_in(person, NEW).status == 200


def test_a_code_is_given_back_when_the_pool_does_not_answer(pooled, person, monkeypatch):
    code = code_for(pooled, person)

    def down(*_):
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(pool, "set_password", down)
        assert reset(person.email, code).status == 503
    assert sign_in(person).status == 200
    assert reset(person.email, code).status == 200


def test_a_code_comes_free_again_when_the_process_dies_with_it(pooled, person):
    code = code_for(pooled, person)
    taken = codes.take_try(person.school_id, person.id, codes.RESET)
    assert codes.claim(taken)
    assert reset(person.email, code).status == 400
    pass_seconds(31)
    assert reset(person.email, code).status == 200


def test_two_uses_of_a_code_at_once_set_one_password(pooled, person, monkeypatch):
    code = code_for(pooled, person)
    real, second = pool.set_password, []

    def overtaken(*given):
        if not second:
            second.append(None)
            second.append(reset(person.email, code, "Other-Kite-44").status)
        real(*given)

    monkeypatch.setattr(pool, "set_password", overtaken)
    assert reset(person.email, code).status == 200
    assert second[1] == 400
    assert sign_in(person, NEW).status == 200


def test_a_reset_that_another_write_overtakes_is_decided_again(pooled, person, monkeypatch):
    code = code_for(pooled, person)
    real, failed = recovery.set_password, []

    def once(*given, **more):
        if not failed:
            failed.append(True)
            raise RetryWrite
        return real(*given, **more)

    monkeypatch.setattr(recovery, "set_password", once)
    assert reset(person.email, code).status == 200


def test_an_entry_delivered_three_times_sends_one_mail(pooled, person):
    forget(person.email)
    assert deliver(person.school_id, "PasswordReset", times=3) == []
    assert len(pooled.mails(person.email)) == 1


def test_asking_again_at_once_sends_no_second_mail_and_a_minute_later_does(pooled, person):
    code_for(pooled, person)
    forget(person.email)
    deliver(person.school_id, "PasswordReset")
    assert len(pooled.mails(person.email)) == 1
    pass_seconds(61)
    newest = code_for(pooled, person)
    assert len(pooled.mails(person.email)) == 2
    assert reset(person.email, newest).status == 200


def test_a_mail_that_could_not_be_sent_is_sent_at_the_next_delivery(pooled, person, monkeypatch):
    forget(person.email)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", lambda _: (_ for _ in ()).throw(OSError("down")))
        assert len(deliver(person.school_id, "PasswordReset")) == 1
    assert deliver(person.school_id, "PasswordReset") == []
    code = re.search(r"^\d{8}$", pooled.mails(person.email)[-1]["text"], re.MULTILINE).group()
    assert reset(person.email, code).status == 200


def test_a_process_that_dies_while_sending_is_followed_by_another_after_its_lease(pooled, person, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(_):
        raise Killed

    forget(person.email)
    with monkeypatch.context() as broken:
        broken.setattr(mail, "send", killed)
        with pytest.raises(Killed):
            deliver(person.school_id, "PasswordReset")
    assert len(deliver(person.school_id, "PasswordReset")) == 1  # it may still be sending
    pass_seconds(31)
    assert deliver(person.school_id, "PasswordReset") == []
    assert len(pooled.mails(person.email)) == 1


def test_a_request_that_comes_out_of_the_dead_letters_too_late_sends_nothing(pooled, person):
    forget(person.email)
    pass_seconds(16 * 60)
    assert deliver(person.school_id, "PasswordReset") == []
    assert pooled.mails(person.email) == []


def test_neither_codes_nor_tokens_are_in_the_journal_or_the_table(pooled, person):
    code = code_for(pooled, person)
    stored = reader.load(PasswordCode, consistent=True, school_id=person.school_id, user_id=person.id, purpose="RESET")
    assert code not in str(stored.serialize())
    assert all(code not in str(e.serialize()) for e in entries(person.school_id))


def invited(school, **fields):
    """A user whom an admin made without a password, and the token that was sent."""
    return make_person(school, "TEACHER", invited=True, **fields)


def token_for(aws, person) -> str:
    assert deliver(person.school_id, "User") == []
    return re.search(r"accept-invitation\?token=(\S+)", aws.mails(person.email)[-1]["text"]).group(1)


def accept(token: str, password: str = NEW):
    return Client().post("/api/auth/accept-invitation", {"token": token, "password": password})


def test_an_invited_user_sets_a_password_and_signs_in(pooled, school):
    person = invited(school)
    reply = accept(token_for(pooled, person))
    assert (reply.status, reply.data["email"]) == (200, person.email)
    assert sign_in(person, NEW).status == 200
    stored = reader.load(User, consistent=True, school_id=school.id, id=person.id)
    assert stored.invited is False
    assert "ACCEPT_INVITATION" in [a for a, _ in actions(school.id, "Password")]


def test_an_invitation_works_once_and_for_seven_days(pooled, school):
    person = invited(school)
    token = token_for(pooled, person)
    pass_seconds(7 * 86_400 + 1)
    assert accept(token).status == 400
    clock.use(None)
    assert accept(token, "weak").status == 400
    assert [accept(token).status for _ in range(2)] == [200, 400]


@pytest.mark.parametrize("token", ["x", "a.b", "x" * 200])
def test_an_invitation_that_never_was_is_refused(pooled, token):
    assert accept(token).error["details"][0]["field"] == "token"


def test_an_invited_user_may_also_ask_for_a_code(pooled, school):
    person = invited(school)
    assert reset(person.email, code_for(pooled, person)).status == 200
    assert sign_in(person, NEW).status == 200


def test_an_invitation_is_sent_once_and_again_when_an_admin_asks(pooled, school):
    person = invited(school)
    first = token_for(pooled, person)
    deliver(school.id, "User", times=2)
    assert len(pooled.mails(person.email)) == 1
    unit = UnitOfWork(school.id, Actor(), "tests")
    unit.note("INVITE_USER", "Invitation", person.id)
    unit.commit()
    deliver(school.id, "Invitation")
    assert len(pooled.mails(person.email)) == 2
    assert accept(first).status == 400  # the newer one counts


def test_a_user_with_a_password_gets_no_invitation(pooled, school):
    person = make_user(school)
    deliver(school.id, "User")
    assert pooled.mails(person.email) == []


def test_a_batch_of_new_users_gets_an_invitation_each(pooled, school):
    people = [invited(school) for _ in range(3)]
    unit = UnitOfWork(school.id, Actor(), "tests")
    for person in people:
        unit.note("CREATE_USER", "User", person.id)
    unit.commit()
    deliver(school.id, "User", times=2)
    assert [len(pooled.mails(p.email)) for p in people] == [1, 1, 1]


def test_the_mail_is_in_the_schools_name_and_language(pooled):
    school = make_school(name="مدرسة النور", locale="ar-EG", email="office@noor.example")
    person = invited(school, first_name="Nour <b>", last_name=None)
    token_for(pooled, person)
    sent = pooled.mails(person.email)[-1]
    assert "مدرسة النور" in sent["subject"]
    assert 'lang="ar" dir="rtl"' in sent["html"]
    assert "Nour &lt;b&gt;" in sent["html"]
    assert "<no-reply@homeroom.example>" in sent["from"]


def test_mail_claims_are_kept_longer_than_an_entry_can_be_delivered_again(pooled, person):
    code_for(pooled, person)
    partition = MailClaim.partition_of(school_id=person.school_id)
    (claim,) = [MailClaim.from_item(raw) for raw in reader.query(partition, consistent=True)]
    assert claim.state == "SENT"
    assert claim.expires_at > clock.epoch() + 14 * 86_400


def test_a_removed_user_is_forgotten_by_the_pool(pooled, person):
    unit = UnitOfWork(person.school_id, Actor(), "tests")
    unit.note("DELETE_USER", "User", person.id)
    unit.commit()
    found = entries(person.school_id, "User")[-1]
    for _ in range(2):
        assert consumers.pool_users(stream_event(found), Context())["batchItemFailures"] == []
    with pytest.raises(pool.Refused):
        pool.sign_in(person.id, PASSWORD, person.school_id)


def test_other_changes_of_a_user_leave_the_pool_alone(pooled, person):
    assert consumers.pool_users(stream_event(*entries(person.school_id, "User")), Context())["batchItemFailures"] == []
    assert isinstance(pool.sign_in(person.id, PASSWORD, person.school_id), pool.Granted)


def test_letters_know_every_language(pooled, school):
    assert set(letters.LANGUAGES) >= {"en", "es", "fr", "hi", "ar"}
