"""Classes, their subjects and teachers, and the school's list of subjects."""

from shared.manifest import Module

MODULE = Module(name="classes", title="Classes and subjects")
