"""What a run is asked to do: the option table, the configuration file, and which rules are on."""

from celery_lint.config.load import find_file, load
from celery_lint.config.options import LEVELS, OPTIONS, ConfigurationError, Option, Settings
from celery_lint.config.selection import applicability, configured_severity, enabled_rules, matches

__all__ = [
    "LEVELS",
    "OPTIONS",
    "ConfigurationError",
    "Option",
    "Settings",
    "applicability",
    "configured_severity",
    "enabled_rules",
    "find_file",
    "load",
    "matches",
]
