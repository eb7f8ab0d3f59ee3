"""The gateway's patterns lead each declared path to its owner, and are few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.routes import AmbiguousPath, Declared, Gateway, Pattern, generate


def led(*routes: tuple[str, str]) -> dict[str, str]:
    return {p.path: p.owner for p in generate(Declared(path, owner) for path, owner in routes)}


def test_one_module_takes_its_prefix_and_all_below_it() -> None:
    assert led(("/api/students", "students"), ("/api/students/<id>", "students"), ("/api/students/<id>/history", "students")) == {
        "/api/students": "students",
        "/api/students/{proxy+}": "students",
    }


def test_another_module_owns_a_path_below_the_prefix() -> None:
    assert led(
        ("/api/students", "students"),
        ("/api/students/<student_id>", "students"),
        ("/api/students/<student_id>/guardians", "students"),
        ("/api/students/<student_id>/fees", "fees"),
        ("/api/fees", "fees"),
    ) == {
        "/api/fees": "fees",
        "/api/students": "students",
        "/api/students/{proxy+}": "students",
        "/api/students/{student_id}/fees": "fees",
    }


def test_a_foreign_subtree_gets_one_greedy_pattern() -> None:
    patterns = led(
        ("/api/students/<id>", "students"),
        ("/api/students/<id>/history", "students"),
        ("/api/students/<id>/fees/due", "fees"),
        ("/api/students/<id>/fees/paid", "fees"),
    )
    assert patterns == {"/api/students/{proxy+}": "students", "/api/students/{id}/fees/{proxy+}": "fees"}


def test_a_path_below_a_parameter_gets_a_pattern_that_beats_the_greedy_one_by_aws_rule() -> None:
    patterns = led(("/api/x", "a"), ("/api/x/<id>", "a"), ("/api/x/<id>/notes", "a"), ("/api/x/<id>/fees", "b"))
    assert patterns == {"/api/x": "a", "/api/x/{proxy+}": "a", "/api/x/{id}/fees": "b"}


def test_an_exact_sibling_is_not_taken_by_a_foreign_parameter() -> None:
    declared = [
        Declared("/api/x/export", "a"),
        Declared("/api/x/import", "a"),
        Declared("/api/x/all", "a"),
        Declared("/api/x/<id>", "b"),
    ]
    gateway = Gateway(generate(declared))
    assert gateway.lead("/api/x/export") == "a"
    assert gateway.lead("/api/x/018f") == "b"


def test_nothing_is_greedy_above_a_modules_prefix() -> None:
    gateway = Gateway(generate([Declared("/api/a", "a"), Declared("/api/b", "a"), Declared("/api/c/d", "a"), Declared("/docs", "docs")]))
    assert gateway.lead("/api/unknown") is None
    assert gateway.lead("/") is None
    assert gateway.lead("/docs") == "docs"


def test_exact_comes_before_parameter_before_greedy() -> None:
    gateway = Gateway([Pattern("/x/{proxy+}", "greedy"), Pattern("/x/{id}", "parameter"), Pattern("/x/y", "exact")])
    assert [gateway.lead(path) for path in ("/x/y", "/x/z", "/x/z/1", "/x", "/x/")] == ["exact", "parameter", "greedy", None, None]


def test_a_path_of_two_modules_is_refused() -> None:
    with pytest.raises(AmbiguousPath, match="both a and b"):
        generate([Declared("/api/x/<id>", "a"), Declared("/api/x/<other>", "b")])


segment = st.sampled_from(["a", "b", "c", "<id>"])
paths = st.lists(segment, min_size=1, max_size=5).map(lambda parts: "/api/" + "/".join(parts))


@given(st.dictionaries(paths, st.sampled_from(["one", "two", "three"]), min_size=1, max_size=14))
def test_every_declared_path_is_led_to_its_owner_by_no_more_patterns_than_paths(owners: dict[str, str]) -> None:
    patterns = generate(Declared(path, owner) for path, owner in owners.items())
    gateway = Gateway(patterns)
    for path, owner in owners.items():
        assert gateway.lead(path.replace("<id>", "some-id")) == owner
    assert len(patterns) <= len(owners)
    assert not [p.path for p in patterns if p.path.endswith("}/{proxy+}")]
