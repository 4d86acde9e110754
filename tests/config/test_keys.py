"""`[keys]` is checked against the app's bindings."""

from console.config.keys import KeyUse, keymap, problems, remapped, split

USES = (
    KeyUse("app.quit", ("q",)),
    KeyUse("app.refresh", ("r",)),
    KeyUse("pipelines.retry", ("t",), scope="pipelines"),
    KeyUse("cache.prune", ("p",), scope="cache"),
)


def test_keys_are_text_with_commas_or_a_list() -> None:
    assert split("a, ctrl+r") == split(["a", "ctrl+r"]) == ("a", "ctrl+r")
    assert split("/,?, -,G") == ("slash", "question_mark", "minus", "G")
    assert keymap({"app.quit": ["q", "x"]}) == {"app.quit": "q,x"}


def test_the_operators_keys_take_the_place_of_the_apps() -> None:
    keys = {use.id: use.keys for use in remapped({"app.quit": "x"}, USES)}
    assert keys["app.quit"] == ("x",)
    assert keys["app.refresh"] == ("r",)


def test_free_keys_are_no_problem() -> None:
    assert problems({"app.quit": "x", "cache.prune": "t"}, USES) == ()


def test_an_unknown_id_has_the_nearest_one() -> None:
    (problem,) = problems({"app.qiut": "x"}, USES)
    assert (problem.key, problem.nearest) == ('keys."app.qiut"', "app.quit")


def test_a_key_of_a_binding_that_is_valid_everywhere_is_taken_in_every_pane() -> None:
    (problem,) = problems({"cache.prune": "r"}, USES)
    assert problem.key == 'keys."cache.prune"'
    assert problem.found == "r is already app.refresh"


def test_swapping_two_keys_is_no_conflict() -> None:
    assert problems({"app.quit": "r", "app.refresh": "q"}, USES) == ()


def test_keys_that_terminals_and_tmux_take_are_refused_with_the_reason() -> None:
    for key in ("ctrl+a", "ctrl+b", "ctrl+h", "Ctrl+J"):
        (problem,) = problems({"app.quit": key}, USES)
        assert "never bound" in problem.found


def test_an_empty_key_is_a_problem() -> None:
    (problem,) = problems({"app.quit": " "}, USES)
    assert problem.found == "no key"
