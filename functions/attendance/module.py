"""Attendance of students."""

from shared.manifest import Module

MODULE = Module(name="attendance", title="Attendance")
