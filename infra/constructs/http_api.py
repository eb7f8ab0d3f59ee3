"""The HTTP API: the generated patterns, one integration and one permission a function."""

from collections.abc import Iterable, Mapping

from aws_cdk import Aws, Fn
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Config
from infra.constructs.log_group import log_group
from infra.cors import ALLOW_HEADERS, ALLOW_METHODS, EXPOSE_HEADERS, MAX_AGE_S
from infra.routes import Pattern

_LOGGED = ("requestId", "ip", "requestTime", "httpMethod", "routeKey", "status", "responseLength", "integrationLatency")


class HttpApi(Construct):
    """A gateway that leads every declared route to its owner."""

    def __init__(
        self,
        scope: Construct,
        config: Config,
        patterns: Iterable[Pattern],
        functions: Mapping[str, lambda_.Function],
        catch_all: str | None,
    ) -> None:
        super().__init__(scope, "Gateway")
        self.api = gateway.CfnApi(
            self,
            "Api",
            name=f"{config.prefix}-api",
            description="Homeroom: every module behind one host.",
            protocol_type="HTTP",
            cors_configuration=self._cors(config) if config.web_origins else None,
        )
        integrations = {name: self._integration(name, function) for name, function in functions.items()}
        for pattern in patterns:
            self._route(f"ANY {pattern.path}", integrations[pattern.owner])
        if catch_all:  # so that an unknown path gets the project's own envelope instead of the gateway's
            self._route("$default", integrations[catch_all])
        self.stage = self._stage(config)

    @property
    def url(self) -> str:
        """The gateway's own address, without a trailing slash."""
        return Fn.join("", ["https://", self.api.ref, ".execute-api.", Aws.REGION, ".", Aws.URL_SUFFIX])

    def _cors(self, config: Config) -> gateway.CfnApi.CorsProperty:
        return gateway.CfnApi.CorsProperty(
            allow_credentials=True,
            allow_headers=list(ALLOW_HEADERS),
            allow_methods=list(ALLOW_METHODS),
            allow_origins=list(config.web_origins),
            expose_headers=list(EXPOSE_HEADERS),
            max_age=MAX_AGE_S,
        )

    def _integration(self, name: str, function: lambda_.Function) -> gateway.CfnIntegration:
        function.add_permission(
            "Gateway",
            principal=iam.ServicePrincipal("apigateway.amazonaws.com"),
            source_arn=Fn.join("", ["arn:aws:execute-api:", Aws.REGION, ":", Aws.ACCOUNT_ID, ":", self.api.ref, "/*"]),
        )
        return gateway.CfnIntegration(
            self,
            f"To{name.capitalize()}",
            api_id=self.api.ref,
            integration_type="AWS_PROXY",
            integration_uri=function.function_arn,
            payload_format_version="2.0",
        )

    def _route(self, key: str, integration: gateway.CfnIntegration) -> None:
        gateway.CfnRoute(
            self,
            f"Route {key.replace('/', ' ')}",
            api_id=self.api.ref,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="NONE",  # tokens are verified in the function
        )

    def _stage(self, config: Config) -> gateway.CfnStage:
        access = log_group(self, "Access", config)
        fields = ",".join(f'"{name}":"$context.{"identity.sourceIp" if name == "ip" else name}"' for name in _LOGGED)
        return gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api.ref,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(destination_arn=access.log_group_arn, format="{" + fields + "}"),
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_burst_limit=500, throttling_rate_limit=1000, detailed_metrics_enabled=True
            ),
        )
