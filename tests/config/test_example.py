"""The example shows every key there is, and tells the truth about defaults."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import inspect

from console.config import Config, read
from console.config.structs import GoalsConfig, RatesConfig
from console.model.settings import DEFAULT_QUERIES, Goals, Rates
from console.secrets import SecretRef

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def structs(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """Every struct type that can be reached from `kind`."""
    if isinstance(kind, inspect.Metadata):
        yield from structs(kind.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from structs(one)
    elif isinstance(kind, inspect.DictType):
        yield from structs(kind.value_type)
    elif isinstance(kind, inspect.VarTupleType):
        yield from structs(kind.item_type)
    elif isinstance(kind, inspect.StructType):
        yield kind
        for field in kind.fields:
            yield from structs(field.type)


def test_the_example_is_a_right_config() -> None:
    loaded = read(EXAMPLE)
    name, context = loaded.context()
    assert name == "work"
    assert [engine.name for engine in context.docker] == ["local", "build-1"]


def test_every_key_of_every_struct_is_in_the_example() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    for struct in structs(inspect.type_info(Config)):
        for field in struct.fields:
            assert field.encode_name in text, f"{struct.cls.__name__}.{field.encode_name}"


def test_the_example_shows_the_shipped_queries() -> None:
    _, context = read(EXAMPLE).context()
    assert context.prometheus is not None
    assert context.prometheus.queries == DEFAULT_QUERIES


def test_top_level_tables_of_the_example_hold_their_defaults() -> None:
    config = read(EXAMPLE).config
    plain = Config(contexts=config.contexts, default_context=config.default_context)
    assert config == plain


def test_config_and_model_have_the_same_goals_and_rates() -> None:
    assert msgspec.structs.asdict(GoalsConfig()) == msgspec.structs.asdict(msgspec.convert({}, GoalsConfig))
    assert set(GoalsConfig.__struct_fields__) == set(Goals.__slots__)
    assert set(RatesConfig.__struct_fields__) == set(Rates.__slots__)
    _, context = read(EXAMPLE).context()
    settings = context.settings("work")
    assert settings.goals == Goals(0.9, {"agent-brain": 5.0, "llm/agent-chat": 4.5}, 7000.0)
    assert settings.rates.per_minute == {"gpu": 0.12, "docker": 0.008}
    assert settings.rates.currency == "USD"


def test_a_secret_is_read_as_a_reference() -> None:
    _, context = read(EXAMPLE).context()
    assert context.gitlab is not None
    assert context.gitlab.token == SecretRef(env="GITLAB_TOKEN")
    assert context.prometheus is not None
    assert isinstance(context.prometheus.headers["Authorization"], SecretRef)
