"""The user pool: the only holder of passwords, and the signer of access tokens."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.config import Config
from shared.manifest import PoolTrigger

ACCESS_TOKEN_HOURS = 1
REFRESH_TOKEN_DAYS = 7
INVITATION_DAYS = 7
CUSTOM_ATTRIBUTES = ("school", "role", "sv")  # the session version is `sv`
_LONGEST_ATTRIBUTE = 64
_OPERATIONS = {
    "pre-token-generation": (cognito.UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, cognito.LambdaVersion.V2_0),
    "user-migration": (cognito.UserPoolOperation.USER_MIGRATION, cognito.LambdaVersion.V1_0),
}


class Accounts(Construct):
    """The pool and its one client, which functions alone use.

    The client may write no attribute that decides rights: with an access token a user can ask the pool itself to
    change what the client may write, past every function.
    """

    def __init__(self, scope: Construct, config: Config) -> None:
        super().__init__(scope, "Accounts")
        self.pool = self._pool(config)
        self.client = self._client()

    def _pool(self, config: Config) -> cognito.UserPool:
        attribute = cognito.StringAttribute(mutable=True, max_len=_LONGEST_ATTRIBUTE)
        return cognito.UserPool(
            self,
            "Pool",
            feature_plan=cognito.FeaturePlan.ESSENTIALS,  # the least that lets a trigger add claims to access tokens
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(username=True),
            sign_in_case_sensitive=True,
            standard_attributes=cognito.StandardAttributes(email=cognito.StandardAttribute(required=False, mutable=True)),
            custom_attributes=dict.fromkeys(CUSTOM_ATTRIBUTES, attribute),
            auto_verify=cognito.AutoVerifiedAttrs(email=True),
            account_recovery=cognito.AccountRecovery.EMAIL_ONLY,
            mfa=cognito.Mfa.OPTIONAL,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            password_policy=cognito.PasswordPolicy(
                min_length=8,
                require_uppercase=True,
                require_lowercase=True,
                require_digits=True,
                require_symbols=False,
                temp_password_validity=Duration.days(INVITATION_DAYS),
            ),
            deletion_protection=config.keep_data,
            removal_policy=RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY,
        )

    def _client(self) -> cognito.UserPoolClient:
        custom = cognito.ClientAttributes().with_custom_attributes(*(f"custom:{name}" for name in CUSTOM_ATTRIBUTES))
        return self.pool.add_client(
            "Client",
            auth_flows=cognito.AuthFlow(admin_user_password=True),
            disable_o_auth=True,
            generate_secret=False,
            access_token_validity=Duration.hours(ACCESS_TOKEN_HOURS),
            id_token_validity=Duration.hours(ACCESS_TOKEN_HOURS),
            refresh_token_validity=Duration.days(REFRESH_TOKEN_DAYS),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            read_attributes=custom.with_standard_attributes(email=True, email_verified=True),
            write_attributes=cognito.ClientAttributes().with_standard_attributes(locale=True),
        )

    def call(self, trigger: PoolTrigger, function: lambda_.Function) -> None:
        """Let the pool call a trigger."""
        operation, version = _OPERATIONS[trigger.event]
        self.pool.add_trigger(operation, function, version)
