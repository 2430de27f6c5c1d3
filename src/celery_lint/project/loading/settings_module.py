"""Whether the module of an app names Django's settings, and before it makes the app."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import structs

from celery_lint.facts import schema as s
from celery_lint.finding import AddImport, Applicability, Fix, ReplaceText, Step
from celery_lint.project.commit import spelled
from celery_lint.project.loading.importers import packages_of
from celery_lint.project.places import place_of
from celery_lint.project.site import CallSite
from celery_lint.project.view import last_name

if TYPE_CHECKING:
    from celery_lint.project.project import Project

__all__ = ["SettingsModule", "settings_modules"]

VARIABLE = "DJANGO_SETTINGS_MODULE"
DEEPEST = 3
ENTRANCES = ("manage.py", "wsgi.py", "asgi.py")


class SettingsModule(CallSite, frozen=True):
    """The `Celery(…)` call of a module that reads Django's settings, and when it names them: `late` is the place
    behind the call that does, `missing` says that nothing does."""

    late: Step | None = None
    missing: bool = False

    @property
    def naming(self) -> Fix | None:
        """The fix that names, above the app, the settings that `manage.py` and its like name; None where they name
        none or several."""
        home, statement = self.project.settings.home(self.path), self.statement
        named = {
            call.args[1].value
            for path in self.project.sources.code_with_text(VARIABLE.encode())
            if path.rpartition("/")[2] in ENTRANCES and self.project.settings.home(path) == home
            for call in self.project.program.view(path).facts.calls
            if len(call.args) == 2 and isinstance(call.args[0], s.Constant) and call.args[0].value == VARIABLE
            if isinstance(call.args[1], s.Constant)
        }
        if len(named) != 1 or not all(isinstance(name, str) for name in named) or statement.column != 1:
            return None
        environ, imports = spelled(self.view, "os", None, "environ")
        if imports:
            environ, imports = "os.environ", (AddImport(self.path, "os"),)
        above = structs.replace(statement, end_line=statement.line, end_column=1)
        text = f'{environ}.setdefault("{VARIABLE}", "{named.pop()}")\n\n'
        return Fix("Say which settings are meant", Applicability.UNSAFE, (ReplaceText(above, text), *imports))


def settings_modules(project: Project) -> Iterator[SettingsModule]:
    """One for each app that is made before Django's settings are named, or without that."""
    for configuration in project.configurations:
        app, source = configuration.app, configuration.sources.source
        if source is None or not source.django or place_of(app.path) != "production":
            continue
        view = project.program.view(app.path)
        if view.facts.calls[app.call].scope != 0:
            continue
        naming = list(_naming(project, app.path))
        early = [order for order, _ in naming if order < view.facts.calls[app.call].order]
        if early or _named_around(project, app.path):
            continue
        if naming:
            place = project.program.location(app.path, naming[0][1])
            yield SettingsModule(project, app.path, app.call, late=Step(place, "named here", aside=True))
        elif not _named_elsewhere(project):
            yield SettingsModule(project, app.path, app.call, missing=True)


def _naming(project: Project, path: str) -> Iterator[tuple[int, s.Span]]:
    """Where a module names the settings while it is imported, or sets them up in another way."""
    view = project.program.view(path)
    for call in view.facts.calls:
        names = any(isinstance(arg, s.Constant) and arg.value == VARIABLE for arg in call.args)
        base = call.func.base if isinstance(call.func, s.Attribute) and call.func.name == "configure" else None
        if names or (base is not None and last_name(base) == "settings"):
            yield call.order, call.span
    for binding in view.facts.bindings:
        if VARIABLE in binding.target:
            yield binding.order, binding.span


def _named_around(project: Project, path: str) -> bool:
    """Whether a package of the module, or something that one of them imports, speaks of the variable."""
    seen = {path}
    layer = [path]
    for _ in range(DEEPEST):
        reached = []
        for each in layer:
            view = project.program.view(each)
            found = [*packages_of(project, each)]
            for item in view.facts.imports:
                found += project.program.imported_modules(view, item)
            reached += [other for other in found if other not in seen]
            seen.update(found)
        layer = list(dict.fromkeys(reached))
    return any(VARIABLE.encode() in project.source(each) for each in seen - {path})


def _named_elsewhere(project: Project) -> bool:
    """Whether the environment of processes may name them: a deployment file or a file of variables does."""
    if project.services.mentions(VARIABLE.encode()):
        return True
    around = project.around
    return any(VARIABLE in around.text(name) for name in around.names() if name.startswith((".env", "env")))
