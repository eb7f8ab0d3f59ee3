"""The two triggers, as the user pool calls them."""


def pre_token_generation(event, context):
    if event["userName"] == "barred":
        raise PermissionError("no access")
    attributes = event["request"]["userAttributes"]
    claims = {name: attributes.get(f"custom:{name}", "") for name in ("school", "role", "sv")} | {"user": event["userName"]}
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"claimsToAddOrOverride": claims}}}
    return event


def user_migration(event, context):
    if event["userName"] == "broken":
        raise RuntimeError("the old system does not answer")
    told = event["request"]["validationData"] or {}
    if told.get("school") == "s1" and event["userName"] == "migrant" and event["request"]["password"] == "old-bcrypt-secret":
        event["response"] |= {
            "userAttributes": {"email": "migrant@homeroom.example", "custom:school": "s1"},
            "finalUserStatus": "CONFIRMED",
        }
    return event
