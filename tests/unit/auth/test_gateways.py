"""What the gateways ask of AWS, and what they make of its refusals. botocore's stubber checks every request's shape."""

import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from shared.data import connection
from shared.errors import Unavailable, ValidationFailed
from shared.gateways import mail, pool, sms
from tests.conftest import ENVIRONMENT

POOL, CLIENT_ID = ENVIRONMENT["USER_POOL_ID"], ENVIRONMENT["USER_POOL_CLIENT_ID"]
RESULT = {"AccessToken": "access", "IdToken": "id", "ExpiresIn": 3600, "TokenType": "Bearer"}


@pytest.fixture
def stubbed(world, monkeypatch):
    """Stubs of a service's client, which the gateways find instead of the real one."""
    made: dict[str, Stubber] = {}

    def client(service: str):
        if service not in made:
            made[service] = Stubber(connection.session().create_client(service, region_name="eu-central-1"))
            made[service].activate()
        return made[service].client

    for module in (pool, mail, sms):
        monkeypatch.setattr(module, "client", client)

    def of(service: str) -> Stubber:
        client(service)
        return made[service]

    yield of
    for stub in made.values():
        stub.assert_no_pending_responses()


@pytest.mark.parametrize("rotated", [None, "another"])
def test_a_refresh_works_whether_the_pool_rotates_or_not(stubbed, rotated):
    more = {"RefreshToken": rotated} if rotated else {}
    stubbed("cognito-idp").add_response(
        "get_tokens_from_refresh_token",
        {"AuthenticationResult": {**RESULT, **more}},
        {"RefreshToken": "old", "ClientId": CLIENT_ID},
    )
    assert pool.refresh("old") == pool.Granted("access", rotated, 3600)


def test_a_sign_in_tells_the_school_to_the_migration_trigger(stubbed):
    stubbed("cognito-idp").add_response(
        "admin_initiate_auth",
        {"AuthenticationResult": {**RESULT, "RefreshToken": "refresh"}},
        {
            "UserPoolId": POOL,
            "ClientId": CLIENT_ID,
            "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": {"USERNAME": "u", "PASSWORD": "p"},
            "ClientMetadata": {"school": "s"},
        },
    )
    assert pool.sign_in("u", "p", "s") == pool.Granted("access", "refresh", 3600)


def test_a_user_whose_password_was_never_set_is_refused(stubbed):
    stubbed("cognito-idp").add_response("admin_initiate_auth", {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s" * 20})
    with pytest.raises(pool.Refused):
        pool.sign_in("u", "p", "s")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("NotAuthorizedException", pool.Refused),
        ("UserNotFoundException", pool.Refused),
        ("UserNotConfirmedException", pool.Refused),
        ("PasswordResetRequiredException", pool.Refused),
        ("UserLambdaValidationException", pool.Refused),
        ("InvalidParameterException", pool.Refused),
        ("TooManyRequestsException", Unavailable),
        ("InternalErrorException", Unavailable),
        ("UnexpectedLambdaException", Unavailable),
        ("ResourceNotFoundException", Unavailable),
    ],
)
def test_what_a_refused_sign_in_means(stubbed, code, meaning):
    stubbed("cognito-idp").add_client_error("admin_initiate_auth", code, http_status_code=400)
    with pytest.raises(meaning):
        pool.sign_in("u", "p", "s")


@pytest.mark.parametrize("code", ["CodeMismatchException", "EnableSoftwareTokenMFAException", "ExpiredCodeException"])
def test_a_wrong_code_is_told_apart(stubbed, code):
    stubbed("cognito-idp").add_client_error("admin_respond_to_auth_challenge", code, http_status_code=400)
    with pytest.raises(pool.WrongCode):
        pool.answer_code("u", "s" * 20, "123456")


def test_a_pool_that_cannot_be_reached_is_unavailable(stubbed, monkeypatch):
    def unreachable(**_):
        raise EndpointConnectionError(endpoint_url="https://pool.test")

    monkeypatch.setattr(stubbed("cognito-idp").client, "revoke_token", unreachable)
    with pytest.raises(Unavailable):
        pool.revoke("x")


def test_the_first_password_makes_the_pools_user(stubbed):
    stub = stubbed("cognito-idp")
    wanted = {"UserPoolId": POOL, "Username": "u", "Password": "p", "Permanent": True}
    stub.add_client_error("admin_set_user_password", "UserNotFoundException", http_status_code=400)
    stub.add_response(
        "admin_create_user",
        {},
        {
            "UserPoolId": POOL,
            "Username": "u",
            "UserAttributes": [{"Name": "custom:school", "Value": "s"}],
            "MessageAction": "SUPPRESS",
        },
    )
    stub.add_response("admin_set_user_password", {}, wanted)
    pool.set_password("u", "s", "p")


def test_a_user_whom_another_makes_at_the_same_time_is_taken(stubbed):
    stub = stubbed("cognito-idp")
    stub.add_client_error("admin_set_user_password", "UserNotFoundException", http_status_code=400)
    stub.add_client_error("admin_create_user", "UsernameExistsException", http_status_code=400)
    stub.add_response("admin_set_user_password", {})
    pool.set_password("u", "s", "p")


def test_a_user_that_cannot_be_made_is_unavailable(stubbed):
    stub = stubbed("cognito-idp")
    stub.add_client_error("admin_set_user_password", "UserNotFoundException", http_status_code=400)
    stub.add_client_error("admin_create_user", "TooManyRequestsException", http_status_code=400)
    with pytest.raises(Unavailable):
        pool.set_password("u", "s", "p")


def test_a_password_that_the_pool_finds_weak_is_a_validation_error(stubbed):
    stubbed("cognito-idp").add_client_error("admin_set_user_password", "InvalidPasswordException", http_status_code=400)
    with pytest.raises(ValidationFailed):
        pool.set_password("u", "s", "p")


def test_codes_of_a_user_whom_the_pool_does_not_know_are_off_already(stubbed):
    stub = stubbed("cognito-idp")
    for _ in range(2):
        stub.add_client_error("admin_set_user_mfa_preference", "UserNotFoundException", http_status_code=400)
    pool.want_totp("u", wanted=False)
    with pytest.raises(pool.UnknownUser):
        pool.want_totp("u", wanted=True)


def test_a_secret_that_the_pool_does_not_take_is_a_wrong_code(stubbed):
    stubbed("cognito-idp").add_response("verify_software_token", {"Status": "ERROR"})
    with pytest.raises(pool.WrongCode):
        pool.prove_totp("access", "123456")


def letter(**more):
    return mail.Mail("ravi@school.example", "Grüße", "text", "<p>html</p>", sender_name="École «Test»", **more)


def test_a_mail_is_sent_in_the_schools_name(stubbed):
    stubbed("sesv2").add_response(
        "send_email",
        {"MessageId": "m"},
        {
            "FromEmailAddress": ANY,
            "Destination": {"ToAddresses": ["ravi@school.example"]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Grüße", "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": "text", "Charset": "UTF-8"}, "Html": {"Data": "<p>html</p>", "Charset": "UTF-8"}},
                }
            },
            "ReplyToAddresses": ["office@school.example"],
        },
    )
    assert mail.send(letter(reply_to="office@school.example")) == "m"


def test_a_mail_that_one_may_unsubscribe_from_says_how():
    headers = {h["Name"]: h["Value"] for h in letter(unsubscribe_url="https://x.example/u").headers}
    assert headers == {"List-Unsubscribe": "<https://x.example/u>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    assert letter().headers == []


def test_headers_go_into_the_message(stubbed):
    stubbed("sesv2").add_response("send_email", {"MessageId": "m"})
    mail.send(letter(unsubscribe_url="https://x.example/u"))


def test_a_text_message_is_sent(stubbed):
    attributes = {
        "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
        "AWS.SNS.SMS.SenderID": {"DataType": "String", "StringValue": "School"},
    }
    stubbed("sns").add_response(
        "publish", {"MessageId": "m"}, {"PhoneNumber": "+911234567890", "Message": "hello", "MessageAttributes": attributes}
    )
    assert sms.send("+911234567890", "hello", sender_id="School") == "m"


def test_a_text_message_that_is_too_long_is_refused(stubbed):
    with pytest.raises(ValueError, match="1600"):
        sms.send("+911234567890", "x" * 1_601)
