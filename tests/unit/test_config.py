"""Settings: which source wins, where a value came from, and what is said about a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from memos.config import (
    PROJECT_FILE,
    LoadedSettings,
    ModelSettings,
    Settings,
    known_keys,
    load_settings,
    write_setting,
)
from memos.errors import ConfigError


def load(
    tmp_path: Path,
    *,
    user: str = "",
    project: str = "",
    environ: dict[str, str] | None = None,
    **flags: object,
) -> LoadedSettings:
    folder = tmp_path / "project"
    folder.mkdir(exist_ok=True)
    if project:
        (folder / PROJECT_FILE).write_text(project, "utf-8")
    user_config = tmp_path / "user.toml"
    if user:
        user_config.write_text(user, "utf-8")
    dotted = {key.replace("__", "."): value for key, value in flags.items()}
    return load_settings(dotted, environ=environ or {}, project_dir=folder, user_config=user_config)


def test_defaults_are_complete_and_marked_as_such(tmp_path: Path) -> None:
    loaded = load(tmp_path)
    assert loaded.settings.recall.k == 8
    assert {origin for _, _, origin in loaded.rows()} == {"default"}
    assert [key for key, _, _ in loaded.rows()] == list(known_keys())


def test_each_source_overrides_the_one_below(tmp_path: Path) -> None:
    steps: list[tuple[dict[str, object], int, str]] = [
        ({"user": "[recall]\nk = 2"}, 2, "user file"),
        ({"project": "[recall]\nk = 3"}, 3, "project file"),
        ({"environ": {"MEMOS_RECALL__K": "4"}}, 4, "environment"),
        ({"recall__k": 5}, 5, "flag"),
    ]
    sources: dict[str, object] = {}
    for added, expected, origin in steps:
        sources |= added
        loaded = load(tmp_path, **sources)  # type: ignore[arg-type]
        assert loaded.settings.recall.k == expected
        assert loaded.origins["recall.k"].startswith(origin)


def test_a_flag_left_out_does_not_hide_the_environment(tmp_path: Path) -> None:
    loaded = load(tmp_path, environ={"MEMOS_NAMESPACE": "ana"}, namespace=None)
    assert loaded.settings.namespace == "ana"


def test_the_library_has_no_default_namespace(tmp_path: Path) -> None:
    assert load(tmp_path).settings.namespace is None


@pytest.mark.parametrize("name", ["", "../up", "white space", "-dash", "x" * 129, "new\nline"])
def test_a_namespace_is_a_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        load(tmp_path, namespace=name)


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ({"project": "[recall]\nkk = 3"}, "recall.kk"),
        ({"project": "[recall]\nk = 0"}, "recall.k"),
        ({"project": "[recall\nk = 0"}, PROJECT_FILE),
        ({"user": "[recall]\nk = 'many'"}, "user file"),
        ({"environ": {"MEMOS_RECALL__K": "many"}}, "environment"),
    ],
)
def test_a_bad_value_is_named_with_its_source(tmp_path: Path, sources: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, **sources)  # type: ignore[arg-type]
    assert said in caught.value.message
    assert caught.value.hint


def test_someone_elses_environment_variables_are_left_alone(tmp_path: Path) -> None:
    assert "elsewhere" not in str(load(tmp_path, environ={"MEMOS_SOMETHING_ELSE": "elsewhere"}).rows())


def test_a_file_that_is_not_text_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / PROJECT_FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=PROJECT_FILE):
        load_settings(environ={}, project_dir=folder, user_config=tmp_path / "none.toml")


def test_writing_a_setting_keeps_comments_and_order(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("# mine\n[recall]\nk = 3 # three\n\n[routing]\nsecrets = 'drop'\n", "utf-8")
    write_setting(path, "recall.k", "12")
    write_setting(path, "model.name", "some/model")
    written = path.read_text("utf-8")
    assert written.startswith("# mine\n[recall]\nk = 12")
    assert "# three" in written and "secrets = 'drop'" in written and 'name = "some/model"' in written
    assert load_settings(environ={}, project_dir=tmp_path / "x", user_config=path).settings.recall.k == 12


@pytest.mark.parametrize(
    ("key", "value"), [("recall.k", "0"), ("recall.nothing", "1"), ("nothing", "1"), ("recall.k", "many")]
)
def test_a_bad_setting_leaves_the_file_as_it_was(tmp_path: Path, key: str, value: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[recall]\nk = 3\n", "utf-8")
    with pytest.raises(ConfigError):
        write_setting(path, key, value)
    assert path.read_text("utf-8") == "[recall]\nk = 3\n"


def test_every_setting_of_more_than_one_choice_is_described() -> None:
    undescribed = {key for key, text in known_keys().items() if not text}
    assert not {key for key in undescribed if key.endswith((".policy", ".name", ".confidence"))} - {
        "retention.policy"
    }


def test_home_is_made_absolute(tmp_path: Path) -> None:
    loaded = load(tmp_path, home="memory")
    assert loaded.settings.home == tmp_path / "project" / "memory"
    assert Settings(home=Path("x")).database_url == "sqlite:///x/memos.db"


@pytest.mark.parametrize(
    ("spec", "printed"),
    [
        ("", ""),
        ("langchain_openai:ChatOpenAI?model=gpt-x&api_key=SECRET", "langchain_openai:ChatOpenAI?model=gpt-x&api_key=…"),
        ("m:C?base_url=http://localhost:8000/v1", "m:C?base_url=http://localhost:8000/v1"),
        ("m:C?base_url=http://ana:SECRET@host/v1", "m:C?base_url=…"),
        ("m:C?base_url=http://host/v1%3Fkey%3DSECRET", "m:C?base_url=…"),
        ("m:C?SECRET", "m:C?…"),
        ('m:C?default_headers={"x":"SECRET"}&temperature=0', "m:C?default_headers=…&temperature=0"),
    ],
)
def test_a_chat_model_is_printed_without_what_may_be_secret(spec: str, printed: str) -> None:
    assert ModelSettings(chat=spec).chat_shown == printed
    loaded = load_settings({"model.chat": spec, "home": "/tmp/x"}, environ={}, user_config=Path("/nowhere"))
    assert {key: value for key, value, _ in loaded.rows()}["model.chat"] == printed


@pytest.mark.parametrize("url, shown", [
    ("", ""),
    ("sqlite:///memory/memos.db", "sqlite:///memory/memos.db"),
    ("postgresql+psycopg://ana@db/memory", "postgresql+psycopg://ana@db/memory"),
    ("postgresql+psycopg://ana:geh@im@db:5432/memory", "postgresql+psycopg://ana:***@db:5432/memory"),
    ("postgresql://db/memory?host=/run/pg&password=geheim", "postgresql://db/memory?host=/run/pg&…"),
])
def test_a_store_url_is_shown_without_its_password(tmp_path: Path, url: str, shown: str) -> None:
    loaded = load_settings({"home": str(tmp_path), "store.url": url}, environ={}, project_dir=tmp_path, user_config=tmp_path / "x")
    assert {key: value for key, value, _ in loaded.rows()}["store.url"] == shown
