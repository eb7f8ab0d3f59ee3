"""Fees of students."""

from shared.manifest import Module

MODULE = Module(name="fees", title="Fees")
