"""Calls the modules' user pool triggers in this process, with the events that Cognito makes.

MiniStack runs the pre-token-generation trigger only as a deployed Lambda, and no user-migration trigger at all.
"""

import copy
import logging
import os
from collections.abc import Callable
from typing import Any

from ministack.services import cognito, lambda_svc

from infra.local.runtime.worker import Context
from shared.manifest import PoolTrigger
from shared.registry import handler_of, modules

log = logging.getLogger("triggers")
_ARN = f"arn:aws:lambda:{os.environ.get('AWS_REGION', 'eu-central-1')}:000000000000:function:"
_ANSWERING = (
    "_admin_initiate_auth",
    "_initiate_auth",
    "_admin_respond_to_auth_challenge",
    "_respond_to_auth_challenge",
    "_get_tokens_from_refresh_token",
)
_SIGN_INS = {"ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH"}


class Refused(Exception):
    """A trigger raised: nobody is signed in."""


def declared() -> dict[str, PoolTrigger]:
    """The triggers that the modules' manifests declare, by event."""
    return {trigger.event: trigger for module in modules() for trigger in module.pool_triggers}


def call(trigger: PoolTrigger, event: dict[str, Any]) -> dict[str, Any]:
    """The event as the trigger gives it back."""
    told = {"function": trigger.event, "memory": trigger.memory, "timeout": trigger.timeout, "request_id": cognito.new_uuid()}
    answer: dict[str, Any] = handler_of(trigger.handler)(copy.deepcopy(event), Context(told))
    return answer


def _run_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack's way to a deployed trigger, turned to the handlers of this process."""

    def find(reference: str, *more: Any, **options: Any) -> Any:
        event = reference.removeprefix(_ARN)
        trigger = declared().get(event)
        if not reference.startswith(_ARN) or trigger is None:
            return original(reference, *more, **options)
        return {"trigger": trigger}, {"trigger": trigger}, event

    return find


def _execution_record(original: Callable[..., Any]) -> Callable[..., Any]:
    def record_for(record: Any, config: Any) -> Any:
        return record if "trigger" in config else original(record, config)

    return record_for


def _execute(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute(record: Any, event: dict[str, Any], *more: Any, **options: Any) -> Any:
        if "trigger" not in record:
            return original(record, event, *more, **options)
        try:
            return {"body": call(record["trigger"], event)}
        except Exception as error:
            log.warning("%s raised %s: %s", record["trigger"].event, type(error).__name__, error)
            raise Refused(f"PreTokenGeneration failed with error {error}.") from error

    return execute


def _migration_event(pool_id: str, data: dict[str, Any], username: str, password: str) -> dict[str, Any]:
    return {
        "version": "1",
        "triggerSource": "UserMigration_Authentication",
        "region": pool_id.split("_", maxsplit=1)[0],
        "userPoolId": pool_id,
        "userName": username,
        "callerContext": {"awsSdkVersion": "local", "clientId": data["ClientId"]},
        # A sign-in's ClientMetadata comes to this trigger as validationData.
        "request": {"password": password, "validationData": data.get("ClientMetadata"), "clientMetadata": None},
        "response": {
            "userAttributes": None,
            "forceAliasCreation": None,
            "enableSMSMFA": None,
            "finalUserStatus": None,
            "messageAction": None,
            "desiredDeliveryMediums": None,
        },
    }


def _migrate(pool: dict[str, Any], pool_id: str, data: dict[str, Any]) -> None:
    """Ask the migration trigger about an unknown user; make the user that it vouches for."""
    trigger = declared().get("user-migration")
    given = data.get("AuthParameters") or {}
    username, password = given.get("USERNAME"), given.get("PASSWORD")
    if not trigger or not username or not password or data.get("AuthFlow") not in _SIGN_INS:
        return
    if cognito._resolve_user(pool, username)[0] is not None:  # noqa: SLF001 - the version is pinned
        return
    try:
        answer = call(trigger, _migration_event(pool_id, data, username, password))["response"]
    except Exception as error:  # noqa: BLE001 - whatever it is, the user stays unknown, as with Cognito
        log.warning("user-migration raised %s: %s", type(error).__name__, error)
        return
    if not answer.get("userAttributes"):
        return
    wanted = [{"Name": n, "Value": v} for n, v in answer["userAttributes"].items() if n not in {"username", "sub"}]
    made = cognito._admin_create_user(  # noqa: SLF001 - the version is pinned
        {"UserPoolId": pool_id, "Username": username, "UserAttributes": wanted, "MessageAction": "SUPPRESS"}
    )
    user = cognito._resolve_user(pool, username)[0]  # noqa: SLF001 - the version is pinned
    if user is None:
        log.warning("a migrated user could not be made: %s", made)
        return
    user["_password"] = password  # with Cognito too, the migrated password need not meet the policy
    user["UserStatus"] = "CONFIRMED" if answer.get("finalUserStatus") == "CONFIRMED" else "RESET_REQUIRED"


def _pool_of(data: dict[str, Any]) -> tuple[str | None, dict[str, Any] | None]:
    pools = cognito._user_pools  # noqa: SLF001 - the version is pinned
    if "UserPoolId" in data:
        return data["UserPoolId"], pools.get(data["UserPoolId"])
    return next(((i, p) for i, p in pools.items() if data.get("ClientId") in p["_clients"]), (None, None))


def _refusing(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    """A trigger that raises is answered as Cognito does."""

    def answer(data: dict[str, Any]) -> Any:
        try:
            return original(data)
        except Refused as refused:
            return cognito.error_response_json("UserLambdaValidationException", str(refused), 400)

    return answer


def _sign_in(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def initiate(data: dict[str, Any]) -> Any:
        pool_id, pool = _pool_of(data)
        if pool_id and pool and data.get("ClientId") in pool["_clients"]:
            _migrate(pool, pool_id, data)
        return original(data)

    return initiate


def install() -> None:
    """Turn MiniStack's trigger calls to this process, and add the migration of users."""
    os.environ["MINISTACK_COGNITO_PRETOKEN_STRICT"] = "1"  # a token without its claims is never issued, as with Cognito
    lambda_svc._get_func_record_for_ref = _run_function(lambda_svc._get_func_record_for_ref)  # noqa: SLF001 - the version is pinned
    lambda_svc._execution_record_for_config = _execution_record(lambda_svc._execution_record_for_config)  # noqa: SLF001 - as above
    lambda_svc._execute_function_with_config_scope = _execute(lambda_svc._execute_function_with_config_scope)  # noqa: SLF001 - as above
    cognito._admin_initiate_auth = _sign_in(cognito._admin_initiate_auth)  # noqa: SLF001 - as above
    cognito._initiate_auth = _sign_in(cognito._initiate_auth)  # noqa: SLF001 - as above
    for name in _ANSWERING:
        setattr(cognito, name, _refusing(getattr(cognito, name)))
