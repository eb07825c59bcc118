"""Settings: flags > environment > project file > user file > defaults. Every value knows where it came from.

One pydantic model a section. Files are TOML (`memos.toml` in the project, `config.toml` in the user's configuration
folder); environment variables are `MEMOS_HOME`, `MEMOS_NAMESPACE` and `MEMOS_<SECTION>__<KEY>`. Knows no store and no
model: it names them.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from memos.errors import ConfigError

PROJECT_FILE = "memos.toml"
USER_FILE = "config.toml"
ENV_PREFIX = "MEMOS_"
NAMESPACE_PATTERN = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.@:/-]{0,127}\Z")
NAMESPACE_RULE = "letters, digits and _ . @ : / - only, at most 128, starting with a letter or digit"


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class StoreSettings(Section):
    """The SQL database that is the truth for every tier."""

    url: str = Field(default="", description="empty: memos.db in the home folder | sqlite:///FILE | postgresql+psycopg://user@host/database")
    pool_size: int = Field(default=8, ge=1, le=200, description="connections a process keeps to PostgreSQL; as many again when busy")
    busy_timeout_ms: int = Field(default=10_000, ge=0, description="how long a writer waits for another process's lock")
    max_text_chars: int = Field(default=200_000, gt=0, description="an experience longer than this is refused, never cut")


class EmbedderSettings(Section):
    """What turns text into vectors. Changing it needs `memos reindex`."""

    name: str = Field(default="minilm", description="minilm | a local folder or hub id | module:Class of a LangChain Embeddings")
    revision: str = Field(default="", description="pinned revision of a hub model")
    batch_size: int = Field(default=32, gt=0)


class VectorSettings(Section):
    """How vectors are searched. A change takes hold when a namespace next changes; nothing is embedded again."""

    kind: Literal["auto", "flat", "ivf", "hnsw"] = Field(default="auto", description="auto: flat (exact) for few, ivf for many; hnsw is slow to build")
    exact_up_to: int = Field(default=50_000, ge=1_000, description="vectors of a namespace up to which auto compares every one")
    quantize: Literal["none", "sq8"] = Field(default="none", description="sq8 keeps a byte a number instead of four; the database keeps all four")
    nprobe: int = Field(default=32, gt=0, description="lists of an ivf index that a search compares; more find more and take longer")
    ef_search: int = Field(default=128, gt=0, description="length of an hnsw search's queue; more find more and take longer")
    device: Literal["auto", "cpu"] = Field(default="auto", description="auto uses a GPU where faiss was built for one and has one")


class ModelSettings(Section):
    """The language model that answers and whose memory layer learns."""

    name: str = Field(default="assistant", description="assistant (shipped) | a local folder or hub id of a causal LM")
    chat: str = Field(default="", description="module:Class?key=value of a LangChain chat model; answers from the store alone")
    device: str = "cpu"
    threads: int = Field(default=0, ge=0, description="torch threads; 0 leaves torch's own choice")
    max_new_tokens: int = Field(default=48, gt=0, le=4096)
    allow_network: bool = Field(default=False, description="whether a model may be fetched from a hub")

    @property
    def chat_shown(self) -> str:
        """`chat` as it may be printed."""
        return public_spec(self.chat)


class MemorySettings(Section):
    """The memory layer attached to a model. Fixed once a ledger exists: other values are another model."""

    layer: int = Field(default=1, ge=0, description="decoder block beside whose feed-forward the memory sits")
    n_keys: int = Field(default=128, ge=8, le=4096, description="sub-keys per half; slots = n_keys squared")
    heads: int = Field(default=4, ge=1)
    top_k: int = Field(default=8, ge=1)
    key_seed: int = 0


class ContextSettings(Section):
    """The conversation window."""

    max_tokens: int = Field(default=512, gt=0)
    reserve_output: int = Field(default=64, ge=0)


class RoutingSettings(Section):
    """What is kept of what is observed."""

    policy: str = Field(default="rules", description="rules | module:Class")
    near_duplicate: float = Field(default=0.97, gt=0, le=1, description="cosine from which a text is merged, not added")
    secrets: Literal["redact", "drop", "keep"] = "redact"


class RecallWeights(Section):
    """How the parts of a score are weighed.

    Fitted on conversations, each left out in turn: `python -m benchmarks.token_store.fit_weights`. Only ratios count.
    """

    lexical: float = Field(default=1.0, ge=0, description="words in common (BM25), 1 for the best")
    dense: float = Field(default=0.6, ge=0, description="nearness of the text's vector")
    context: float = Field(default=0.6, ge=0, description="nearness of the vector of the text after the one before it")
    neighbour: float = Field(default=0.25, ge=0, description="share of the scores of the turns before and after that is lent")
    further: float = Field(default=0.15, ge=0, description="the same of the turns two away")
    session: float = Field(default=0.4, ge=0, description="share of the best score of its session that a turn is lent")
    link: float = Field(default=0.1, ge=0, description="share of the scores of records that name the same, or that it was made of")
    speaker: float = Field(default=0.4, ge=0, description="for what the one speaker said whom the query names")
    time: float = Field(default=1.5, ge=0, description="for what was said when the query asks about; less for what was said near then")
    recency: float = Field(default=0.02, ge=0, description="for the newest, nothing for the oldest: parts what is otherwise alike")


class RecallSettings(Section):
    """How questions are answered."""

    policy: str = Field(default="cascade", description="cascade | retrieve-always | parameters-only | module:Class")
    k: int = Field(default=8, gt=0, le=1000)
    token_budget: int = Field(default=256, gt=0, description="tokens of recalled text put before the model")
    inject: int = Field(default=6, gt=0, description="most records put before the model")
    weak_hit: float = Field(default=0.5, ge=0, le=1,
                            description="a hit below this share of the best score is not injected")  # fmt: skip
    confidence: float = Field(default=0.85, ge=0, le=1, description="a parametric answer below this is not kept")
    familiarity: float = Field(default=0.2, ge=0, le=1, description="least share of slot weight in rows owned by live writes")
    weights: RecallWeights = RecallWeights()
    reranker: str = Field(default="", description="nobody | a Hugging Face cross-encoder: folder or id@COMMIT | module:Class?key=value of a LangChain document compressor")
    reranked: int = Field(default=20, gt=0, le=1000, description="how many of the best the reranker reads")
    rerank_weight: float = Field(default=2.0, ge=0, description="weight of its judgement, which is 1 at best, beside recall.weights")


class ConsolidationSettings(Section):
    """What graduates into the parameters, and what a write must prove."""

    policy: str = Field(default="threshold", description="threshold | module:Class")
    min_score: float = Field(default=0.5, ge=0, le=1)
    max_records: int = Field(default=64, gt=0, description="most records one run writes")
    offer: bool = Field(default=True, description="ask at the end of a chat whether to learn what proved stable in it")
    seed: int = 0
    augmenter: str = Field(default="template", description="who asks about texts the grammar does not recognise: template (nobody) | cloze | model | module:Class?key=value of a LangChain chat model")
    colloquial: float = Field(default=0.33, ge=0, le=1, description="share of the questions learned from that is worded as people type")
    statements: int = Field(default=0, ge=0, le=12, description="sentences to complete that are learned besides the questions")
    reversals: int = Field(default=0, ge=0, le=4, description="questions from the value back to its subject that are learned besides the others")
    selector: Literal["tfidf", "tf", "kl", "consensus", "protect", "random"] = Field(default="tfidf", description="how the rows of a write are chosen")
    rows: int = Field(default=256, gt=0, description="most rows one write may own")
    coverage: float = Field(default=1.0, gt=0, le=1, description="as few rows as hold this share of the selector's score; 1 takes them all")
    writer: Literal["sgd", "adam"] = Field(default="sgd", description="how rows are stepped")
    rate: float = Field(default=60.0, gt=0, description="step of sgd, relative to the squared RMS of the model's residual")
    adam_rate: float = Field(default=0.035, gt=0, description="step of adam, relative to the RMS of the model's residual")
    kl_budget: float = Field(default=0.0, ge=0, description="most nats a token by which a write may move the model on unrelated text; 0 does not measure it")
    gate_held_out: float = Field(default=0.6, ge=0, le=1, description="a record below this share of held-out wordings is left out")
    gate_old: float = Field(default=0.05, ge=0, le=1, description="largest loss of old knowledge a run may cost")
    gate_honest: float = Field(default=0.90, ge=0, le=1, description="least share of untaught questions answered as before")
    allow_unaccepted: bool = Field(default=False, description="write into a model that memos model adapt did not accept, at your own risk")


    @field_validator("augmenter")
    @classmethod
    def _augmenter_is_known(cls, value: str) -> str:
        if value not in ("template", "cloze", "model") and ":" not in value:
            raise ValueError("template, cloze, model, or module:Class?key=value")
        return value


class RetentionSettings(Section):
    policy: str = Field(default="keep-all", description="keep-all | module:Class")


class KeySettings(Section):
    """Keys of `memos tui`, in Textual's names; several with commas between them."""

    overview: str = Field(default="1", description="the first screen: tiers, use, last run")
    context: str = Field(default="2", description="the conversation window")
    store: str = Field(default="3", description="records")
    parameters: str = Field(default="4", description="runs and the slot table")
    decisions: str = Field(default="5", description="routing decisions")
    log: str = Field(default="6", description="audit events")
    filter: str = Field(default="slash", description="filter the list")
    sort: str = Field(default="s", description="sort the records another way")
    recall: str = Field(default="question_mark", description="ask what recall finds, and why")
    pause: str = Field(default="p", description="pause or resume a record")
    approve: str = Field(default="a", description="let a record reach the parameters")
    edit: str = Field(default="e", description="change a record's text")
    forget: str = Field(default="x,delete", description="erase a record from every tier")
    learn: str = Field(default="l", description="learn one record into the parameters")
    consolidate: str = Field(default="c", description="plan a consolidation")
    revert: str = Field(default="r", description="take a run out of the parameters")
    undo: str = Field(default="u", description="take the last change back")
    verify: str = Field(default="v", description="check the audit chain")
    reload: str = Field(default="f5", description="read the store again")
    help: str = Field(default="f1", description="explain what has the focus")
    back: str = Field(default="escape,backspace", description="back to where you were")
    quit: str = Field(default="q", description="leave")


class TuiSettings(Section):
    """The full-screen inspector."""

    keys: KeySettings = KeySettings()
    theme: str = Field(default="nord", description="a theme of Textual")
    poll_seconds: float = Field(default=1.0, gt=0, description="how often it looks for something new")


class Settings(Section):
    """All settings. `namespace` has no default in the library; the CLI passes one and shows it."""

    home: Path
    namespace: str | None = None
    store: StoreSettings = StoreSettings()
    embedder: EmbedderSettings = EmbedderSettings()
    vectors: VectorSettings = VectorSettings()
    model: ModelSettings = ModelSettings()
    memory: MemorySettings = MemorySettings()
    context: ContextSettings = ContextSettings()
    routing: RoutingSettings = RoutingSettings()
    recall: RecallSettings = RecallSettings()
    consolidation: ConsolidationSettings = ConsolidationSettings()
    retention: RetentionSettings = RetentionSettings()
    tui: TuiSettings = TuiSettings()

    @field_validator("namespace")
    @classmethod
    def _namespace_is_a_name(cls, value: str | None) -> str | None:
        if value is not None and not NAMESPACE_PATTERN.match(value):
            raise ValueError(NAMESPACE_RULE)
        return value

    @property
    def database_url(self) -> str:
        return self.store.url or f"sqlite:///{self.home / 'memos.db'}"


SPEC_SETTINGS = ("model.chat", "consolidation.augmenter")
PUBLIC_OPTIONS = frozenset({"base_url", "max_tokens", "model", "model_name", "num_ctx", "temperature", "timeout"})
"""Options of a chat model that are no secret; of any other only the name is printed."""


def public_spec(spec: str) -> str:
    """A "module:Class?key=value" without the values that may be secrets."""
    path, mark, query = spec.partition("?")
    return path + mark + "&".join(_public_option(option) for option in query.split("&"))


def _public_option(option: str) -> str:
    key, equals, value = option.partition("=")
    # A secret may have been pasted without its name; a URL may carry one before its "@" or after its "?".
    if not equals:
        return "…" if key else ""
    return option if key in PUBLIC_OPTIONS and not set("@?#%") & set(value) else f"{key}=…"


def public_value(key: str, value: Any) -> str:
    """A setting's value as it may be printed."""
    if key == "store.url":
        return public_url(str(value))
    return public_spec(str(value)) if key in SPEC_SETTINGS else _shown(value)


def public_url(url: str) -> str:
    """A database URL without its password, wherever in it one may stand."""
    scheme, mark, rest = url.partition("://")
    account, at, place = rest.rpartition("@")
    user, colon, _ = account.partition(":")
    place, query, options = place.partition("?")
    kept = [option for option in options.split("&") if option.partition("=")[0] in ("host", "port", "sslmode")]
    hidden = query and len(kept) < len(options.split("&"))
    return f"{scheme}{mark}{user}{':***' if colon else ''}{at}{place}{query}{'&'.join([*kept, *(['…'] if hidden else [])])}"


def check_namespace(name: str) -> None:
    """Raises ConfigError for what cannot name a namespace."""
    if not NAMESPACE_PATTERN.match(name):
        raise ConfigError(f"{name!r} cannot name a namespace", hint=NAMESPACE_RULE, code="config.namespace")


@dataclass(frozen=True)
class LoadedSettings:
    """Settings and, for each dotted key, the place its value came from."""

    settings: Settings
    origins: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, str, str]]:
        """(key, value, origin) of every setting, in declaration order."""
        return [(key, public_value(key, value), self.origins.get(key, "default")) for key, value in _flatten(self.settings)]


def default_home() -> Path:
    return Path(platformdirs.user_data_dir("memos"))


def user_file() -> Path:
    return Path(platformdirs.user_config_dir("memos")) / USER_FILE


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    project_dir: Path | None = None,
    user_config: Path | None = None,
) -> LoadedSettings:
    """Merge every source. `flags` are dotted keys ("recall.k"); None values are ignored.

    Raises ConfigError for an unreadable file, an unknown key or a value of the wrong kind; the message names the
    source it came from.
    """
    environ = os.environ if environ is None else environ
    project_file = (project_dir or Path.cwd()) / PROJECT_FILE
    layers: list[tuple[str, dict[str, Any]]] = [("default", {"home": default_home()})]
    for origin, path in (("user file", user_config or user_file()), ("project file", project_file)):
        layers.append((f"{origin} {path.name}", _read_toml(path)))
    layers.append(("environment", _from_environment(environ)))
    layers.append(("flag", {key: value for key, value in (flags or {}).items() if value is not None}))

    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    known = known_keys()
    for origin, layer in layers:
        for key, value in layer.items():
            if key not in known:
                raise ConfigError(
                    f"unknown setting {key!r} in {origin}", hint="memos config show lists every setting",
                    code="config.unknown_key",
                )
            merged[key] = value
            origins[key] = origin
    try:
        settings = Settings.model_validate(_nest(merged))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(
            f"setting {key!r} from {origins.get(key, 'default')}: {first['msg']}",
            hint=f"memos config show, or memos config set {key} VALUE", code="config.invalid",
        ) from None
    home = settings.home.expanduser()
    if not home.is_absolute():
        home = (project_dir or Path.cwd()) / home
    return LoadedSettings(settings.model_copy(update={"home": home}), origins)


def known_keys() -> dict[str, str]:
    """Every dotted key with its description."""
    return dict(_described(Settings))


def _described(section: type[Section], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, info in section.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, Section):
            yield from _described(info.annotation, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", info.description or ""


def write_setting(path: Path, key: str, value: str) -> None:
    """Set one dotted key in a TOML file, keeping comments and order. The merged result is validated first.

    Raises ConfigError and leaves the file as it was when the key or value is not acceptable.
    """
    import tomlkit

    if key not in known_keys():
        raise ConfigError(f"unknown setting {key!r}", hint="memos config show lists every setting",
                          code="config.unknown_key")
    document = tomlkit.parse(path.read_text("utf-8")) if path.exists() else tomlkit.document()
    parsed = _parse_scalar(value)
    table: Any = document
    *parents, leaf = key.split(".")
    for parent in parents:
        table = table.setdefault(parent, tomlkit.table())
    table[leaf] = parsed
    try:
        Settings.model_validate(_nest({"home": Path("."), **_dotted(tomllib.loads(tomlkit.dumps(document)))}))
    except ValidationError as error:
        raise ConfigError(f"{key} = {value}: {error.errors()[0]['msg']}", hint=known_keys()[key],
                          code="config.invalid") from None
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(path.suffix + ".tmp")
    temporary.write_text(tomlkit.dumps(document), "utf-8")
    temporary.replace(path)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return _dotted(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", hint="mend or remove the file",
                          code="config.bad_file") from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="check its permissions",
                          code="config.bad_file") from None


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    """Only variables that name a setting count: another program may own MEMOS_SOMETHING."""
    known = known_keys()
    found: dict[str, Any] = {}
    for key in known:
        name = ENV_PREFIX + key.upper().replace(".", "__")
        if environ.get(name, "") != "":
            found[key] = environ[name]
    return found


def _dotted(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(_dotted(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def _nest(flat: Mapping[str, Any]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for key, value in flat.items():
        *parents, leaf = key.split(".")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[leaf] = value
    return tree


def _flatten(settings: Section, prefix: str = "") -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Section):
            rows.extend(_flatten(value, f"{prefix}{name}."))
        else:
            rows.append((f"{prefix}{name}", value))
    return rows


def _shown(value: Any) -> str:
    return "" if value is None else str(value)


def _parse_scalar(text: str) -> Any:
    """A TOML scalar when it reads as one, else the text itself, so that names need no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
