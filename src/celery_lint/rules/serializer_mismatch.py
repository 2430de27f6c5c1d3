"""The rule of its page: `rules/serializer-mismatch.md`."""

from __future__ import annotations

from collections.abc import Iterator

from celery_lint.rule import Nomination, Project, rule

CONTENTS = {
    "json": "application/json",
    "msgpack": "application/x-msgpack",
    "pickle": "application/x-python-serialize",
    "yaml": "application/x-yaml",
}


@rule("serializer-mismatch")
def serializer_mismatch(project: Project) -> Iterator[Nomination]:
    """Flags a serializer whose content is not accepted."""
    for environment in project.production_environments:
        accepted = environment.setting("accept_content")
        datum = accepted.datum
        if accepted.is_set is False:
            names = set(accepted.default)
        elif datum is not None and datum.is_complete and all(item.text for item in datum.items):
            names = {item.text for item in datum.items}
        else:
            continue
        for name in ("task_serializer", "result_serializer"):
            for option in environment.setting(name).options:
                content = CONTENTS.get(option.text or "")
                if content is not None and not names & {option.text, content}:
                    values = {"setting": option.name, "serializer": option.text or ""}
                    yield environment.nominate("serializer-mismatch", option, **values)
