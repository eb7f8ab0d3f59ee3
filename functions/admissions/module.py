"""The admissions register: from a family's first question to a place at the school."""

from shared.manifest import Module

MODULE = Module(name="admissions", title="Admissions register")
