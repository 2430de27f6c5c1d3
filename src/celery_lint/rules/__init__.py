"""One stateless function a rule, in a module of its page's stem."""

from __future__ import annotations

import importlib
import pkgutil

from celery_lint.rule import Rule, rules_of

__all__ = ["load_rules"]


def load_rules() -> dict[str, Rule]:
    """Every rule of the package by name. Imports them all."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            found.update(rules_of(importlib.import_module(f"{__name__}.{module.name}").__name__))
    return dict(sorted(found.items()))
