"""Schools as tenants, a school's own profile and settings, and its holidays."""

from shared.manifest import Consumer, Grant, Module

MODULE = Module(
    name="schools",
    title="Schools and holidays",
    grants=(Grant.TABLE, Grant.PLATFORM),
    consumers=(Consumer("schools-list", "functions.schools.consumers.lists", kinds=("SchoolListing",)),),
)
