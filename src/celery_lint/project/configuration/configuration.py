"""What Celery will see: for each app of the tree its environments, and in each every setting with its origin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from celery_lint.facts import schema as s
from celery_lint.finding import AppendText, Applicability, Fix, Location, Nomination
from celery_lint.knowledge.settings import registry
from celery_lint.project.configuration.data import Datum, Reference
from celery_lint.project.configuration.display import displayed
from celery_lint.project.configuration.effective import Effective
from celery_lint.project.configuration.environments import DjangoSettings
from celery_lint.project.configuration.layers import AppSources, Layer
from celery_lint.project.configuration.misspelt import Misspelt, misspelt_settings, outdated_settings
from celery_lint.project.configuration.namespaces import ClassNames, Gap, ModuleNames, TableNames
from celery_lint.project.configuration.reading import Reader
from celery_lint.project.configuration.results import result_store
from celery_lint.project.places import place_of
from celery_lint.project.settings import CeleryApp
from celery_lint.project.tasks import Task
from celery_lint.project.values import External, Literal

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["Configuration", "Environment", "Given", "SettingPlace", "configurations", "homes", "spelled"]

APP_WINS = (5, 7)
"""From this release on what is set on the app beats Django's settings; it also reads old names under a namespace."""

TELLING = ("broker_", "task_", "worker_", "result_", "beat_")
"""Beginnings of settings that nothing but Celery has."""

SETTINGS_OBJECT = "django.conf.settings."


class SettingPlace(Struct, frozen=True):
    """Where a configuration is spoken of: a setting, or the `Celery(…)` call."""

    path: str
    span: s.Span
    statement: s.Span
    expect: str


class Given(Struct, frozen=True):
    """A name that the configuration sets and Celery may read.

    `setting` is the name since Celery 4, "" for one that Celery does not know; `is_old` when it is written the way
    of the time before.
    """

    name: str
    setting: str
    is_old: bool
    layer: Layer
    options: tuple[Datum, ...]


class Environment:
    """One way the configuration can come out: `title` is the settings module or class, `kind` is "production",
    "development" or "tests". `names` are Django's settings, if the project has any."""

    def __init__(
        self, configuration: Configuration, names: ModuleNames | ClassNames | None, layers: tuple[Layer, ...], kind: str
    ) -> None:
        self.configuration = configuration
        self.names = names
        self.layers = layers
        self.kind = kind
        self.path = (names or layers[0].names).path
        self.title = (names or layers[0].names).title

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """The places that may set something unseen."""
        inside = [gap for layer in self.layers for gap in layer.names.gaps]
        own = self.names.gaps if self.names is not None and any(layer.is_django for layer in self.layers) else ()
        return tuple(dict.fromkeys((*self.configuration.sources.gaps, *inside, *own)))

    @property
    def is_complete(self) -> bool:
        """Whether a setting that is not found is certainly not set."""
        return not self.gaps

    @property
    def prefix(self) -> str:
        """What stands before every name in the object that the app reads."""
        return next((layer.prefix for layer in self.layers if not layer.on_app), "")

    def setting(self, name: str) -> Effective:
        """A setting of Celery by its name since Celery 4."""
        version = self.configuration.project.celery_version
        found = [options for layer in self.layers if (options := self._in_layer(layer, name))]
        if len(found) > 1 and version is not None:
            found = found[-1:] if version >= APP_WINS or not self.prefix else found[:1]
        known = registry().setting(name, version)
        options = self._added(name, tuple(option for part in found for option in part), known.type if known else "")
        return Effective(name, options, self._is_set(options), None if known is None else known.default)

    def _added(self, name: str, options: tuple[Datum, ...], kind: str) -> tuple[Datum, ...]:
        """The options with what code adds to them."""
        sources = self.configuration.sources
        spellings = [spelling for layer in self.layers if layer.is_django for spelling in self._spellings(layer, name)]
        for addition in sources.additions:
            if addition.name in (spellings if addition.is_django else (name, *spellings)):
                made = [addition.made(sources.reader, option, kind) for option in options or (None,)]
                options = tuple(option for option in made if option is not None)
        return options

    def django(self, name: str) -> Effective:
        """A setting of Django, by its own name."""
        options = self.held(self.names.options(name)) if self.names is not None else ()
        is_set = self._is_set(options) if self.names is None or self.names.gaps or options else False
        return Effective(name, options, is_set)

    def _is_set(self, options: tuple[Datum, ...]) -> bool | None:
        if not options:
            return False if self.is_complete else None
        return True if any(not option.guard for option in options) or len(options) > 1 else None

    def _in_layer(self, layer: Layer, name: str) -> tuple[Datum, ...]:
        """The options under the first spelling that the layer has."""
        for spelling in self._spellings(layer, name):
            if layer.names.has(spelling):
                return self.held(layer.names.options(spelling))
        return ()

    def _spellings(self, layer: Layer, name: str) -> Iterator[str]:
        if layer.prefix:
            yield spelled(layer.prefix, name)
            version = self.configuration.project.celery_version
            if version is None or version < APP_WINS:
                return
        else:
            yield name
        known = registry().setting(name)
        yield from known.old if known is not None else ()

    def held(self, options: list[Datum]) -> tuple[Datum, ...]:
        """Those that can hold here: in production nothing that an if keeps for tests or developers."""
        resolved = [inner for option in options for inner in self._resolved(option)]
        if self.kind != "tests":
            resolved = [option for option in resolved if option.guard != "tests"]
        if self.kind == "production":
            resolved = [option for option in resolved if option.guard != "development"]
        return tuple(resolved)

    def _resolved(self, datum: Datum) -> Iterator[Datum]:
        """The options of a value; of `settings.X` those of Django's setting, at the place that uses it."""
        for option in datum.options:
            value = option.content.value if isinstance(option.content, Reference) else None
            place = {"path": datum.path, "span": datum.span, "statement": datum.statement, "name": datum.name}
            if isinstance(value, External) and value.name.startswith(SETTINGS_OBJECT) and self.names is not None:
                named = self.names.options(value.name.removeprefix(SETTINGS_OBJECT))
                yield from (structs.replace(o, guard=datum.guard, **place) for d in named for o in d.options)
            else:
                yield structs.replace(option, guard=option.guard or datum.guard, **place)

    @cached_property
    def misspelt(self) -> tuple[Misspelt, ...]:
        """Names that are nearly those of settings."""
        return tuple(misspelt_settings(self))

    @cached_property
    def outdated(self) -> tuple[Misspelt, ...]:
        """Names of the time before Celery 4 that Celery does not read."""
        return tuple(outdated_settings(self))

    def lacks(self, name: str) -> bool:
        """Whether certainly nothing sets a setting of Celery, and nothing was to: under no dead name either."""
        dead = (each.meant for each in (*self.outdated, *self.misspelt))
        return self.setting(name).is_set is False and name not in dead

    @cached_property
    def result_store(self) -> Datum | None:
        """The setting of a backend that keeps results, unless all results are ignored."""
        return result_store(self)

    def nominate(self, rule: str, datum: Datum, fix: Fix | None = None, /, **values: str) -> Nomination:
        """A finding at a value."""
        return self.configuration.nominate(rule, datum, fix=fix, **values)

    @cached_property
    def given(self) -> tuple[Given, ...]:
        """Everything that is set and that Celery may read, or means to be."""
        return tuple(
            given for layer in self.layers for name in layer.names.names if (given := self._given(layer, name))
        )

    @cached_property
    def unread(self) -> tuple[Datum, ...]:
        """Settings of Celery in Django's settings whose names the app does not read: they have another prefix, or
        none under a namespace, or one without. Those that the code uses itself, or that are set anew, are left out.
        """
        found: list[Datum] = []
        for layer in self.layers:
            for name in layer.names.names if layer.is_django else ():
                setting = _meant(name, layer.prefix)
                if setting and not self.setting(setting).options:
                    options = self.held(layer.names.options(name))
                    if not self.configuration.project.is_read(name, {option.path for option in options}):
                        found += options
        return tuple(found)

    @cached_property
    def contested(self) -> tuple[tuple[Datum, Datum], ...]:
        """What Django's settings under a namespace and the app itself set to different values, in that order."""
        django = [layer for layer in self.layers if layer.prefix and not layer.on_app]
        found = []
        for layer in django:
            for own in (other for other in self.layers if other.on_app):
                for name in own.names.names:
                    pair = (self._in_layer(layer, name), self._in_layer(own, name))
                    if all(len(options) == 1 and not options[0].guard for options in pair) and _differ(*pair):
                        found.append((pair[0][0], pair[1][0]))
        return tuple(found)

    def _given(self, layer: Layer, name: str) -> Given | None:
        known = registry()
        plain = name
        if layer.prefix and name.startswith(layer.prefix):
            plain = name.removeprefix(layer.prefix).lower()
        mine = layer.on_app or (isinstance(layer.names, TableNames) and not layer.is_django and name.islower())
        if plain in known.settings and (plain != name or not layer.prefix):
            setting, is_old = plain, False
        elif name in known.new_names:
            setting, is_old = known.new_names[name], True
        elif plain != name or (mine and not layer.prefix):
            setting, is_old = "", False
        else:
            return None
        options = self.held(layer.names.options(name))
        return Given(name, setting, is_old, layer, options) if options else None


class Configuration:
    """The configuration of one Celery app. `home` is the directory of its Django project."""

    def __init__(self, project: Project, app: CeleryApp, sources: AppSources, django: DjangoSettings) -> None:
        self.project = project
        self.app = app
        self.sources = sources
        self._django = django

    @cached_property
    def home(self) -> str:
        return self.project.settings.home(self.app.path)

    @cached_property
    def environments(self) -> tuple[Environment, ...]:
        """The ways it can come out, those of production first."""
        source, own = self.sources.source, self.sources.own
        django = self._django.environments(self.home, self.app.path)
        if source is not None and (source.django or source.setting):
            found = []
            for names in django:
                if source.django:
                    layer = Layer(names, source.prefix, is_django=True)
                else:
                    tables = [option for option in names.options(source.setting) if option.entries]
                    if len(tables) != 1:
                        continue
                    layer = Layer(TableNames(f"{names.title} {source.setting}", tables[0]), source.prefix)
                found.append(Environment(self, names, (layer, own), self._django.kind(names)))
            return tuple(found)
        layers = (
            (Layer(source.names, source.prefix), own) if source is not None and source.names is not None else (own,)
        )
        kind = place_of(layers[0].names.path)
        first = next((names for names in django if self._django.kind(names) == kind), None)
        found_one = Environment(self, first, layers, kind)
        found_one.title, found_one.path = layers[0].names.title, layers[0].names.path
        return (found_one,)

    @property
    def production(self) -> tuple[Environment, ...]:
        return tuple(environment for environment in self.environments if environment.kind == "production")

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks of its Django project."""
        project = self.project
        return tuple(task for task in project.tasks.all if project.settings.home(task.path) == self.home)

    @property
    def has_own_task_class(self) -> bool:
        """`Celery(…, task_cls=…)` and the like: the class may decide what no setting does."""
        return self.project.settings.gives_task_class(self.app)

    @cached_property
    def tasks_decide_acks(self) -> bool:
        """Whether at least half of the tasks say when they are acknowledged."""
        decided = 0
        for task in self.tasks:
            own = task.option("acks_late")
            if own is None and task.base is not None and not isinstance(task.base, str):
                own = self.project.base_option(task.base, "acks_late")
            decided += isinstance(own, Literal)
        return decided * 2 >= len(self.tasks)

    @cached_property
    def place(self) -> SettingPlace:
        """Where something is missing: the first Celery setting of production, one that Celery knows if there is any;
        else the app."""
        candidates = [
            (not given.setting, len(option.path.split("/")), option.path, option.span.line, option)
            for environment in self.production
            for given in environment.given
            if not given.layer.on_app
            for option in given.options
            if place_of(option.path) == "production"
        ]
        if candidates:
            *_, first = min(candidates, key=lambda candidate: candidate[:-1])
            return SettingPlace(first.path, first.span, first.statement, "assignment")
        view = self.project.program.view(self.app.path)
        call = view.facts.calls[self.app.call]
        return SettingPlace(self.app.path, call.span, view.statement(call.statement), "call")

    def insertion(self, title: str, settings: Mapping[str, str]) -> Fix | None:
        """The settings on lines of their own after the place, spelled as the configuration spells them."""
        place = self.place
        source = self.sources.source
        if place.expect != "assignment" or source is None or isinstance(source.names, TableNames) or source.setting:
            return None
        text = "\n".join(f"{spelled(source.prefix, name)} = {value}" for name, value in settings.items())
        after = self.project.program.location(place.path, place.statement)
        return Fix(title, Applicability.UNSAFE, (AppendText(place.path, text, after),))

    def nominate(self, rule: str, place: SettingPlace | Datum, *, fix: Fix | None = None, **values: str) -> Nomination:
        """A finding at a setting, or where one is missing."""
        location: Location = self.project.program.location(place.path, place.span)
        statement = self.project.program.location(place.path, place.statement)
        expect = place.expect if isinstance(place, SettingPlace) else ""
        return Nomination(rule, location, statement, values, expect=expect, fix=fix)


def _meant(name: str, prefix: str) -> str:
    """The setting that a name would be under another prefix; "" where the app reads it or it is something else."""
    known = registry()
    if name in known.new_names or (prefix and name.startswith(prefix)):
        return ""
    bare = name.lower()
    if prefix and bare in known.settings and bare.startswith(TELLING):
        return bare
    meant = name.removeprefix("CELERY_").lower() if name.startswith("CELERY_") else ""
    return meant if meant in known.settings else ""


def _differ(one: tuple[Datum, ...], other: tuple[Datum, ...]) -> bool:
    """Whether two values are certainly not the same."""
    texts = displayed(one[0]), displayed(other[0])
    return texts[0] != texts[1] and not any("?" in text or "…" in text for text in texts)


def spelled(prefix: str, name: str) -> str:
    """How a setting is written under a namespace."""
    full = f"{prefix}{name}"
    return full.upper() if prefix.isupper() else full


def homes(project: Project) -> tuple[tuple[Configuration, ...], ...]:
    """The configurations of each Django project of the tree."""
    found: dict[str, list[Configuration]] = {}
    for configuration in project.configurations:
        found.setdefault(configuration.home, []).append(configuration)
    return tuple(tuple(group) for _, group in sorted(found.items()))


def configurations(project: Project) -> tuple[Configuration, ...]:
    """One for each Celery app that a module makes, or a function that makes it an app of the project, by path and
    place."""
    reader = Reader(project.program, project.evaluator)
    django = DjangoSettings(reader, project.settings)
    homes: dict[str, int] = {}
    for app in project.settings.apps:
        home = project.settings.home(app.path)
        homes[home] = homes.get(home, 0) + 1
    found = []
    for app in project.settings.apps:
        alone = homes[project.settings.home(app.path)] == 1
        sources = AppSources(reader, project.settings, app, alone)
        in_function = project.program.view(app.path).facts.calls[app.call].scope != 0
        if in_function and sources.source is None and not sources.own.names.names:
            continue
        found.append(Configuration(project, app, sources, django))
    return tuple(sorted(found, key=lambda each: (each.app.path, each.app.call)))
