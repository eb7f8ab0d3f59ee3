"""The stack that answers requests."""

from typing import Any

from infra.routes import Declared, Gateway, Pattern, declared_routes, generate
from tests.infra import sample
from tests.infra.conftest import Synthesise, Synthesised


def led(made: Synthesised) -> tuple[Gateway, dict[str, Any]]:
    """The synthesised gateway: its patterns with the modules whose functions they lead to, and all route keys."""
    functions = {name: f["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"] for name, f in made.functions().items()}
    owners = {
        name: functions[i["Properties"]["IntegrationUri"]["Fn::GetAtt"][0]]
        for name, i in made.resources("AWS::ApiGatewayV2::Integration").items()
    }
    routes = {
        r["Properties"]["RouteKey"]: owners[r["Properties"]["Target"]["Fn::Join"][1][1]["Ref"]]
        for r in made.resources("AWS::ApiGatewayV2::Route").values()
    }
    return Gateway(Pattern(key.removeprefix("ANY "), owner) for key, owner in routes.items() if key != "$default"), routes


def test_every_sample_route_is_led_to_its_owner(dev: Synthesised) -> None:
    gateway, _ = led(dev)
    for route in sample.DECLARED:
        assert gateway.lead(route.path.replace("<thing_id>", "0190f7a0")) == route.owner


def test_every_declared_route_is_led_to_its_owner(real: Synthesised) -> None:
    gateway, _ = led(real)
    declared = declared_routes()
    assert declared
    wrong = {r.path: gateway.lead(r.path.replace("<", "").replace(">", "")) for r in declared}
    assert {path: owner for path, owner in wrong.items() if Declared(path, str(owner)) not in declared} == {}


def test_an_unknown_path_is_led_to_the_module_that_takes_all(dev: Synthesised) -> None:
    _, routes = led(dev)
    assert routes["$default"] == "sample"


def test_without_such_a_module_the_gateway_answers_itself(synthesise: Synthesise) -> None:
    made = synthesise((sample.PLAIN,), generate(d for d in sample.DECLARED if d.owner == "plain"))
    assert "$default" not in led(made)[1]


def test_one_integration_and_one_permission_a_function(real: Synthesised) -> None:
    functions = real.resources("AWS::Lambda::Function", "api")
    assert len(real.resources("AWS::ApiGatewayV2::Integration")) == len(functions)
    assert len(real.resources("AWS::Lambda::Permission", "api")) == len(functions)


def test_only_this_gateway_may_call(dev: Synthesised) -> None:
    for permission in dev.resources("AWS::Lambda::Permission", "api").values():
        assert permission["Properties"]["Principal"] == "apigateway.amazonaws.com"
        source = permission["Properties"]["SourceArn"]["Fn::Join"][1]
        assert {"Ref": next(iter(dev.resources("AWS::ApiGatewayV2::Api")))} in source


def test_browsers_of_the_web_app_may_call_with_cookies(prod: Synthesised) -> None:
    cors = prod.properties("AWS::ApiGatewayV2::Api")["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://app.homeroom.example"]
    assert cors["AllowCredentials"] is True
    assert {"authorization", "x-csrf-token", "x-school-id", "if-match", "idempotency-key"} <= set(cors["AllowHeaders"])


def test_other_origins_come_by_context(synthesise: Synthesise) -> None:
    made = synthesise(sample.MODULES, sample.patterns(), webOrigins="https://a.example,https://b.example")
    assert made.properties("AWS::ApiGatewayV2::Api")["CorsConfiguration"]["AllowOrigins"] == ["https://a.example", "https://b.example"]


def test_functions_are_as_their_manifests_say(dev: Synthesised) -> None:
    plain = next(
        f["Properties"] for f in dev.functions().values() if f["Properties"]["Handler"] == "functions.plain.handler.lambda_handler"
    )
    assert (plain["MemorySize"], plain["Timeout"], plain["Runtime"], plain["Architectures"]) == (256, 25, "python3.13", ["arm64"])
    assert plain["TracingConfig"] == {"Mode": "Active"}


def test_the_rehearsal_runs_on_this_machines_architecture(synthesise: Synthesise) -> None:
    made = synthesise(sample.MODULES, sample.patterns(), arch="x86_64")
    assert {tuple(f["Properties"]["Architectures"]) for f in made.functions().values()} == {("x86_64",)}


def test_functions_are_told_what_the_settings_read(dev: Synthesised) -> None:
    wanted = {"TABLE_NAME", "FILES_BUCKET", "USER_POOL_ID", "USER_POOL_CLIENT_ID", "TOKEN_ISSUER", "JWKS_URL", "STAGE"}
    wanted |= {"WEB_ORIGINS", "WEB_URL", "MAIL_FROM", "RATE_LIMITS", "MFA_REQUIRED_ROLES"}
    for stack in ("api", "work"):
        for function in dev.resources("AWS::Lambda::Function", stack).values():
            assert wanted <= set(function["Properties"]["Environment"]["Variables"])


def test_only_a_modules_own_functions_find_its_queues(dev: Synthesised) -> None:
    for function in [*dev.resources("AWS::Lambda::Function", "api").values(), *dev.resources("AWS::Lambda::Function", "work").values()]:
        variables = function["Properties"]["Environment"]["Variables"]
        assert ("QUEUE_URL_SEND_OUT" in variables) == (variables["POWERTOOLS_SERVICE_NAME"] == "sample")


def test_packages_of_one_module_are_a_layer_of_its_functions_alone(dev: Synthesised) -> None:
    layers = {f["Properties"]["Handler"]: len(f["Properties"]["Layers"]) for f in dev.resources("AWS::Lambda::Function", "api").values()}
    assert layers == {"functions.plain.handler.lambda_handler": 2, "functions.sample.handler.lambda_handler": 3}


def test_every_function_has_a_log_group_that_forgets(dev: Synthesised, prod: Synthesised) -> None:
    for made, days in ((dev, 7), (prod, 90)):
        groups = made.resources("AWS::Logs::LogGroup")
        assert {g["Properties"]["RetentionInDays"] for g in groups.values()} == {days}
        assert all(f["Properties"]["LoggingConfig"]["LogGroup"]["Ref"] in groups for f in made.functions().values())
