"""The API's own description, its health, and the page that explores it."""

from shared.manifest import Grant, Module

MODULE = Module(
    name="system",
    title="The API itself",
    grants=(Grant.PLATFORM,),
    catch_all=True,
    tags={"System": "The API itself: its description and its health."},
)
