"""Exams and their results."""

from shared.manifest import Module

MODULE = Module(name="exams", title="Exams and results")
