"""What a run is asked for, and what it is once it has met the configuration and the file system."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from msgspec import Struct, field

from celery_lint.cache import DIRECTORY
from celery_lint.config import ConfigurationError, Settings, find_file, load
from celery_lint.discover import Discovery, discover, project_root, repository_root
from celery_lint.pages import Page, all_pages
from celery_lint.plugins import Plugin, load_plugins
from celery_lint.postponing import Postponing, requested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Plan", "Request", "known_pages", "plan"]

_BUFFER = "stdin.py"


class Request(Struct, frozen=True):
    """What a run is asked for.

    `options` go by their names in the option table. `stdin` is the content of a file at `stdin_filename`,
    which then is the only path; without a name it is a file of its own. `diff_only` and `baseline_commit` name
    revisions of git: what touches lines added since, and what was not there then, is reported. With `whole`, so is
    everything else, and the baseline of the configuration is not read. `plugin_files` are rules in files: their code
    is run. Without the `sieve` every file of code is parsed and handed to every rule, and nothing is cached; what is
    found is the same.
    """

    paths: tuple[str, ...] = (".",)
    options: Mapping[str, object] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    config: str | None = None
    isolated: bool = False
    root: str | None = None
    force_exclude: bool = False
    stdin: bytes | None = None
    stdin_filename: str | None = None
    diff_only: str | None = None
    baseline_commit: str | None = None
    whole: bool = False
    plugin_files: tuple[str, ...] = ()
    sieve: bool = True


class Plan(Struct, frozen=True):
    """A request that has met the file system.

    `base` is what shown paths are relative to, `repository` what paths for programs are: the top of the git
    checkout, or the project's root without one, or what `--root` says. `cache` is the directory of what earlier runs
    knew, None to do without.
    """

    settings: Settings
    discovery: Discovery
    base: str
    repository: str
    overlay: Mapping[str, bytes]
    postponing: Postponing = field(default_factory=Postponing)
    cache: str | None = None
    plugins: tuple[Plugin, ...] = ()
    sieve: bool = True

    @property
    def pages(self) -> tuple[Page, ...]:
        """The pages of all rules that there are in this run."""
        return (*all_pages(), *(plugin.page for plugin in self.plugins))

    def shown(self, path: str) -> str:
        """The path as users see it."""
        return os.path.relpath(os.path.join(self.discovery.root, path), self.base).replace(os.sep, "/")

    def place(self, shown: str) -> str:
        """Where the file lies that users see under that path."""
        return os.path.join(self.base, shown)

    def stored(self, shown: str) -> str:
        """The path from the project's root of a file that users see under that path."""
        return os.path.relpath(self.place(shown), self.discovery.root).replace(os.sep, "/")

    def read(self, shown: str) -> bytes:
        """The content of a file by its path as users see it. Raises OSError."""
        known = self.overlay.get(self.stored(shown))
        if known is not None:
            return known
        with open(self.place(shown), "rb") as stream:
            return stream.read()


def plan(request: Request) -> Plan:
    """Read the configuration and find the files. Raises ConfigurationError."""
    paths, buffer = request.paths or (".",), None
    if request.stdin is not None:
        buffer = request.stdin_filename or _BUFFER
        paths = (buffer,)
    start = os.path.abspath(next((path for path in paths if os.path.exists(path)), paths[0]))
    around = start if os.path.isdir(start) else os.path.dirname(start)
    found = None if request.isolated or request.config is not None else find_file(around)
    file = request.config if request.config is not None and not request.isolated else found
    settings, plugins = _configured(file, request)
    if request.root is not None and not os.path.isdir(request.root):
        raise ConfigurationError(f"--root: {request.root} is not a directory")
    configured = request.root or (os.path.dirname(found) if found is not None else None)
    alone = request.stdin is not None and request.stdin_filename is None
    present = [path for path in paths if os.path.exists(path)]
    root = project_root(present or paths, os.getcwd() if alone else configured)
    if alone:
        discovery = Discovery(root, (_BUFFER,), frozenset({_BUFFER}))
    else:
        discovery = discover(
            paths,
            root=root,
            configured=configured is not None,
            exclude=(*settings.exclude, *settings.extend_exclude),
            respect_gitignore=settings.respect_gitignore,
            force_exclude=request.force_exclude,
            buffer=buffer,
        )
    overlay = {}
    if request.stdin is not None and buffer is not None:
        overlay[os.path.relpath(os.path.abspath(buffer), root).replace(os.sep, "/")] = request.stdin
    if request.root is not None:
        base = repository = os.path.abspath(request.root)
    else:
        base, repository = os.getcwd(), repository_root(root)
    postponing = Postponing()
    if not request.whole:
        on_disk = request.stdin is None
        postponing = requested(settings, root, request.diff_only, request.baseline_commit, on_disk=on_disk)
    unkept = alone or not settings.cache or not request.sieve
    cache = None if unkept else os.path.join(root, settings.cache_dir or DIRECTORY)
    return Plan(settings, discovery, base, repository, overlay, postponing, cache, plugins, request.sieve)


def known_pages(directory: str, plugin_files: tuple[str, ...]) -> tuple[Page, ...]:
    """The pages of all rules that a run in the directory would have. Raises ConfigurationError."""
    _, plugins = _configured(find_file(directory), Request(plugin_files=plugin_files))
    return (*all_pages(), *(plugin.page for plugin in plugins))


def _configured(file: str | None, request: Request) -> tuple[Settings, tuple[Plugin, ...]]:
    """The settings in that file and in the request, with the plug-ins that they name."""
    plugins: list[Plugin] = []

    def offered(names: Sequence[str]) -> list[Page]:
        plugins.extend(load_plugins(names, request.plugin_files))
        return [plugin.page for plugin in plugins]

    settings = load(file, all_pages(), environment=request.environment, arguments=request.options, plugins=offered)
    return settings, tuple(plugins)
