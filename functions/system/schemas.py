"""The wire of the system module."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from shared.http.schema import Out


class State(StrEnum):
    """What is known of a dependency: it answered just now, or it is set up and not asked here, or it is not set up."""

    UP = "UP"
    CONFIGURED = "CONFIGURED"
    ABSENT = "ABSENT"


class DependencyOut(Out):
    """One thing that the API stands on."""

    name: Annotated[str, Field(examples=["table"])]
    state: State
    milliseconds: Annotated[float | None, Field(description="How long it took to answer", examples=[1.8])] = None


class HealthOut(Out):
    """How the API is."""

    version: Annotated[str, Field(description="The version of the code that answers", examples=["0.1.0"])]
    stage: Annotated[str, Field(description="The deployment's stage", examples=["prod"])]
    time: Annotated[str, Field(description="The application's clock, UTC", examples=["2026-06-01T08:30:00.000Z"])]
    dependencies: list[DependencyOut]
