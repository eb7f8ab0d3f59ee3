"""Lets another request be quicker: it runs whole between a request's decision and its commit, where races happen."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from shared.data.unit_of_work import UnitOfWork
from tests.support.client import Reply


@dataclass(slots=True)
class Rival:
    """The quicker request; `reply` is there once it ran."""

    call: Callable[[], Reply]
    answered: Reply | None = None

    @property
    def reply(self) -> Reply:
        """Its answer; fails the test where it never ran."""
        assert self.answered is not None, "the rival never ran"
        return self.answered


@contextmanager
def overtaking() -> Iterator[Callable[[str, Callable[[], Reply]], Rival]]:
    """Gives a function: before the next commit of a change of this kind of record, the call is made, once, in a thread of its own."""
    commit, waiting = UnitOfWork.commit, list[tuple[str, Rival]]()

    def overtaken(self: UnitOfWork) -> None:
        if waiting and any(change.kind == waiting[0][0] for change in self.changes):
            rival = waiting.pop(0)[1]
            with ThreadPoolExecutor(1) as beside:  # requests keep themselves apart by their thread
                rival.answered = beside.submit(rival.call).result()
        commit(self)

    def overtake(kind: str, call: Callable[[], Reply]) -> Rival:
        rival = Rival(call)
        waiting.append((kind, rival))
        return rival

    UnitOfWork.commit = overtaken  # type: ignore[method-assign]  # put back below
    try:
        yield overtake
    finally:
        UnitOfWork.commit = commit  # type: ignore[method-assign]  # as it was
