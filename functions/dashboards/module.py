"""Dashboards of each role, and figures for reports."""

from shared.manifest import Module

MODULE = Module(
    name="dashboards",
    title="Dashboards and analytics",
    memory=1024,
    tags={"Dashboards": "What each role wants to know at eight in the morning.", "Analytics": "Figures by month, class, grade and gender."},
)
