"""Teachers: their profiles beside their accounts, leaves, what they teach, and handing it over when they leave."""

from shared.manifest import Grant, Module

MODULE = Module(
    name="teachers",
    title="Teachers",
    grants=(Grant.TABLE, Grant.PLATFORM),  # a teacher's account needs its e-mail address, which is unique over all schools
)
