"""The people who sign in: a school's users, and the platform's staff."""

from shared.manifest import Consumer, Grant, Module

MODULE = Module(
    name="users",
    title="Users",
    grants=(Grant.TABLE, Grant.PLATFORM, Grant.POOL),
    consumers=(Consumer("users-list", "functions.users.consumers.lists", kinds=("User",)),),
)
