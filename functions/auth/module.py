"""Sign-in, sessions, passwords and one-time codes; the mails that go with them; the user pool's triggers."""

from shared.manifest import Consumer, Grant, Module, PoolTrigger

MODULE = Module(
    name="auth",
    title="Sign-in and sessions",
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.POOL, Grant.MAIL),
    packages=("bcrypt",),
    consumers=(
        Consumer("account-mails", "functions.auth.consumers.mails", kinds=("User", "PasswordReset", "Invitation")),
        Consumer("account-pool", "functions.auth.consumers.pool_users", kinds=("User",)),
    ),
    pool_triggers=(
        PoolTrigger("pre-token-generation", "functions.auth.triggers.pre_token_generation"),
        PoolTrigger("user-migration", "functions.auth.triggers.user_migration"),
    ),
)
