"""A stand-in for the accounts, with the two triggers of the user pool."""

from shared.manifest import Module, PoolTrigger

MODULE = Module(
    "auth",
    "Accounts",
    pool_triggers=(
        PoolTrigger("pre-token-generation", "functions.auth.triggers.pre_token_generation"),
        PoolTrigger("user-migration", "functions.auth.triggers.user_migration"),
    ),
)
