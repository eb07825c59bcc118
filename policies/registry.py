"""Policies by name, as the settings spell it: a short name of ours, or `module:Class` of the user's own.

A user's class is called with its section of the settings if its signature takes one argument, else with none. It must
have a `name` and the methods of its seam; one that cannot be loaded or does not fit is a ConfigError that says why.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, cast

from memos.config import (
    ConsolidationSettings,
    RecallSettings,
    RetentionSettings,
    RoutingSettings,
    Section,
    Settings,
)
from memos.errors import ConfigError
from memos.protocols import ConsolidationPolicy, RecallPolicy, RetentionPolicy, RoutingPolicy

# By address, so that a policy loads when it is first asked: rules bring their patterns with them.
ROUTING = {"rules": "memos.policies.routing:RuleRouting"}
RECALL = {
    "cascade": "memos.policies.recall:Cascade",
    "retrieve-always": "memos.policies.recall:RetrieveAlways",
    "parameters-only": "memos.policies.recall:ParametersOnly",
}
CONSOLIDATION = {"threshold": "memos.policies.consolidation:ThresholdConsolidation"}
RETENTION = {"keep-all": "memos.policies.retention:KeepAll"}


def routing_policy(settings: RoutingSettings) -> RoutingPolicy:
    """The policy that `routing.policy` names."""
    return cast(RoutingPolicy, _policy("routing", settings.policy, settings, ROUTING, RoutingPolicy))


def recall_policy(settings: RecallSettings) -> RecallPolicy:
    """The policy that `recall.policy` names."""
    return cast(RecallPolicy, _policy("recall", settings.policy, settings, RECALL, RecallPolicy))


def consolidation_policy(settings: ConsolidationSettings) -> ConsolidationPolicy:
    """The policy that `consolidation.policy` names."""
    return cast(
        ConsolidationPolicy, _policy("consolidation", settings.policy, settings, CONSOLIDATION, ConsolidationPolicy)
    )


def retention_policy(settings: RetentionSettings) -> RetentionPolicy:
    """The policy that `retention.policy` names."""
    return cast(RetentionPolicy, _policy("retention", settings.policy, settings, RETENTION, RetentionPolicy))


def check_policies(settings: Settings) -> None:
    """Raise ConfigError now for a policy that is not there or does not fit. Ours are, and are not loaded for it."""
    if settings.routing.policy not in ROUTING:
        routing_policy(settings.routing)
    if settings.recall.policy not in RECALL:
        recall_policy(settings.recall)
    if settings.consolidation.policy not in CONSOLIDATION:
        consolidation_policy(settings.consolidation)
    if settings.retention.policy not in RETENTION:
        retention_policy(settings.retention)


def _policy(section: str, name: str, settings: Section, ours: Mapping[str, str], seam: type) -> Any:
    if name in ours:
        return _load(f"{section}.policy", ours[name])(settings)
    setting = f"{section}.policy"
    if ":" not in name:
        raise ConfigError(
            f"{setting} = {name!r}: no such policy", hint=f"one of {', '.join(ours)}, or module:Class",
            code="config.unknown_policy",
        )
    policy = _construct(setting, name, _load(setting, name), settings)
    _check_fit(setting, name, policy, seam)
    return policy


def _load(setting: str, name: str) -> Callable[..., Any]:
    module_name, _, attribute = name.partition(":")
    try:
        found = getattr(import_module(module_name), attribute)
    except Exception as error:  # a user's module may fail at import in any way
        raise ConfigError(
            f"{setting} = {name!r} cannot be loaded: {type(error).__name__}: {error}",
            hint="module:Class, with the module importable from here", code="config.policy_not_loaded",
        ) from error
    if not callable(found):
        raise ConfigError(f"{setting} = {name!r} is not a class", hint="module:Class", code="config.policy_not_loaded")
    return cast(Callable[..., Any], found)


def _construct(setting: str, name: str, factory: Callable[..., Any], settings: Section) -> Any:
    try:
        signature = inspect.signature(factory)
        takes_settings = _binds(signature, settings)
        if not takes_settings and not _binds(signature):
            raise TypeError("its constructor takes neither the section's settings nor nothing")
        return factory(settings) if takes_settings else factory()
    except Exception as error:  # a user's constructor may fail in any way
        raise ConfigError(
            f"{setting} = {name!r} cannot be made: {type(error).__name__}: {error}",
            hint="a policy is made with its section of the settings, or with no argument",
            code="config.policy_not_loaded",
        ) from error


def _check_fit(setting: str, name: str, policy: Any, seam: type) -> None:
    if not isinstance(getattr(policy, "name", None), str) or not policy.name:
        raise ConfigError(f"{setting} = {name!r} has no `name`", hint='name = "my-policy@1"',
                          code="config.policy_does_not_fit")
    for method, wanted in inspect.getmembers(seam, inspect.isfunction):
        if method.startswith("_"):
            continue
        expected = list(inspect.signature(wanted).parameters.values())[1:]
        offered = getattr(policy, method, None)
        positional = [p.name for p in expected if p.kind is not p.KEYWORD_ONLY]
        keywords = {p.name: None for p in expected if p.kind is p.KEYWORD_ONLY}
        if not callable(offered) or not _binds(inspect.signature(offered), *positional, **keywords):
            spelled = ", ".join([*positional, *(f"{key}=" for key in keywords)])
            raise ConfigError(
                f"{setting} = {name!r} does not fit: it needs {method}({spelled})",
                hint=f"memos.protocols.{seam.__name__} describes the seam", code="config.policy_does_not_fit",
            )


def _binds(signature: inspect.Signature, *args: object, **kwargs: object) -> bool:
    try:
        signature.bind(*args, **kwargs)
    except TypeError:
        return False
    return True
