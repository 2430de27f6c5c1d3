"""What the linker must know of Django and of packages that wrap it. Names are dotted import paths."""

from __future__ import annotations

__all__ = [
    "ADMIN_BASES",
    "ADMIN_FORMS",
    "ADMIN_HOOKS",
    "APP_CONFIGS",
    "ATOMIC",
    "COMMANDS",
    "FORM_BASES",
    "IMMEDIATE",
    "INSTANCE_METHODS",
    "MODEL_BASES",
    "MODEL_MEMBERS",
    "MODEL_SIGNALS",
    "NON_ATOMIC_REQUESTS",
    "ON_COMMIT",
    "PAIR_METHODS",
    "PERFORMED_BY",
    "QUERYSET_METHODS",
    "SAVED_BY",
    "SERIALIZER_BASES",
    "SERIALIZER_HOOKS",
    "TRANSACTION_SIGNALS",
    "VALUES_METHODS",
    "VIEW_BASES",
    "VIEW_HOOKS",
    "WRITE_METHODS",
]

APP_CONFIGS = frozenset({"django.apps.AppConfig", "django.apps.config.AppConfig"})
"""Base classes of app configurations, which find the models of their app."""

COMMANDS = frozenset({"django.core.management.BaseCommand", "django.core.management.base.BaseCommand"})
"""Base classes of management commands, which run `handle`."""

ATOMIC = frozenset(
    {
        "django.db.transaction.atomic",
        "django.db.transaction.Atomic",
        "django.db.transaction.commit_on_success",
        "reversion.create_revision",
        "reversion.revisions.create_revision",
    }
)
"""Context managers and decorators that open a transaction; reversion's does so by default (`atomic=True`)."""

ON_COMMIT = frozenset({"django.db.transaction.on_commit", "django.db.connection.on_commit"})

NON_ATOMIC_REQUESTS = frozenset({"django.db.transaction.non_atomic_requests"})

MODEL_BASES = frozenset(
    {
        "django.contrib.auth.base_user.AbstractBaseUser",
        "django.contrib.auth.models.AbstractBaseUser",
        "django.contrib.auth.models.AbstractUser",
        "django.contrib.auth.models.Group",
        "django.contrib.auth.models.Permission",
        "django.contrib.auth.models.PermissionsMixin",
        "django.contrib.auth.models.User",
        "django.contrib.gis.db.models.Model",
        "django.contrib.sites.models.Site",
        "django.db.models.Model",
        "django.db.models.base.Model",
        "django_extensions.db.models.TimeStampedModel",
        "model_utils.models.TimeStampedModel",
        "model_utils.models.UUIDModel",
        "modelcluster.models.ClusterableModel",
        "mptt.models.MPTTModel",
        "parler.models.TranslatableModel",
        "polymorphic.models.PolymorphicModel",
        "solo.models.SingletonModel",
        "treebeard.al_tree.AL_Node",
        "treebeard.mp_tree.MP_Node",
        "treebeard.ns_tree.NS_Node",
        "wagtail.models.Page",
    }
)

MODEL_MEMBERS = frozenset(
    [
        "DoesNotExist",
        "EMAIL_FIELD",
        "Meta",
        "MultipleObjectsReturned",
        "REQUIRED_FIELDS",
        "USERNAME_FIELD",
        "acheck_password",
        "adelete",
        "aget_all_permissions",
        "aget_group_permissions",
        "aget_user_permissions",
        "ahas_module_perms",
        "ahas_perm",
        "ahas_perms",
        "arefresh_from_db",
        "asave",
        "check",
        "check_password",
        "clean",
        "clean_fields",
        "codename",
        "content_type",
        "content_type_id",
        "date_error_message",
        "date_joined",
        "delete",
        "domain",
        "email",
        "email_user",
        "first_name",
        "from_db",
        "full_clean",
        "get_all_permissions",
        "get_constraints",
        "get_deferred_fields",
        "get_email_field_name",
        "get_full_name",
        "get_group_permissions",
        "get_next_by_date_joined",
        "get_previous_by_date_joined",
        "get_session_auth_fallback_hash",
        "get_session_auth_hash",
        "get_short_name",
        "get_user_permissions",
        "get_username",
        "group_set",
        "groups",
        "has_module_perms",
        "has_perm",
        "has_perms",
        "has_usable_password",
        "id",
        "is_active",
        "is_anonymous",
        "is_authenticated",
        "is_staff",
        "is_superuser",
        "last_login",
        "last_name",
        "logentry_set",
        "name",
        "natural_key",
        "normalize_username",
        "objects",
        "password",
        "permissions",
        "pk",
        "prepare_database_save",
        "refresh_from_db",
        "save",
        "save_base",
        "serializable_value",
        "set_password",
        "set_unusable_password",
        "unique_error_message",
        "user_permissions",
        "user_set",
        "username",
        "username_validator",
        "validate_constraints",
        "validate_unique",
    ]
)
"""Attributes that Django's own model classes give their objects, `django.contrib.auth` and `sites` included."""

MODEL_SIGNALS = {
    f"django.db.models.signals.{name}": name
    for name in ("pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed")
}

TRANSACTION_SIGNALS = frozenset({"pre_delete", "post_delete", "m2m_changed"})
"""Signals that Django itself always sends inside a transaction."""

ADMIN_BASES = frozenset(
    {
        "django.contrib.admin.ModelAdmin",
        "django.contrib.admin.options.ModelAdmin",
        "django.contrib.admin.options.BaseModelAdmin",
        "django.contrib.admin.StackedInline",
        "django.contrib.admin.TabularInline",
        "django.contrib.auth.admin.GroupAdmin",
        "django.contrib.auth.admin.UserAdmin",
        "django.contrib.gis.admin.GISModelAdmin",
        "django.contrib.gis.admin.OSMGeoAdmin",
        "guardian.admin.GuardedModelAdmin",
        "import_export.admin.ImportExportMixin",
        "import_export.admin.ImportExportModelAdmin",
        "mptt.admin.MPTTModelAdmin",
        "reversion.admin.VersionAdmin",
        "simple_history.admin.SimpleHistoryAdmin",
    }
)

ADMIN_HOOKS = frozenset(
    {
        "construct_change_message",
        "delete_model",
        "log_addition",
        "log_change",
        "log_deletion",
        "response_add",
        "response_change",
        "response_delete",
        "response_post_save_add",
        "response_post_save_change",
        "save_form",
        "save_formset",
        "save_model",
        "save_related",
    }
)
"""`ModelAdmin` methods that Django calls inside `transaction.atomic` in the add, change and delete views."""

ADMIN_FORMS = ("add_form", "form")
"""Attributes of an admin, and of its inlines, that name the form which it saves in that transaction."""

VIEW_BASES = frozenset(
    {
        "django.views.View",
        "django.views.generic.View",
        "django.views.generic.base.View",
        "rest_framework.views.APIView",
        "rest_framework.viewsets.ViewSetMixin",
    }
)
"""Roots; any external `…ViewSet` or `…APIView` counts too, and a `…View` of a module with a part `views`, `generic` or
`generics`."""

VIEW_HOOKS = frozenset(
    {
        "create",
        "delete",
        "destroy",
        "dispatch",
        "form_invalid",
        "form_valid",
        "get",
        "get_context_data",
        "get_object",
        "get_queryset",
        "head",
        "list",
        "options",
        "partial_update",
        "patch",
        "perform_create",
        "perform_destroy",
        "perform_update",
        "post",
        "put",
        "retrieve",
        "trace",
        "update",
    }
)

SERIALIZER_BASES = frozenset(
    {
        "rest_framework.serializers.BaseSerializer",
        "rest_framework.serializers.HyperlinkedModelSerializer",
        "rest_framework.serializers.ListSerializer",
        "rest_framework.serializers.ModelSerializer",
        "rest_framework.serializers.Serializer",
    }
)

SERIALIZER_HOOKS = frozenset({"create", "is_valid", "save", "to_internal_value", "update", "validate"})

SAVED_BY = ("create", "update")
"""What the `save()` of REST framework's serializers runs: the one without an object to change, the other with one."""

PERFORMED_BY = {"perform_create": "create", "perform_update": "update"}
"""Methods of a view that save a serializer → what that runs."""

FORM_BASES = frozenset(
    {
        "django.forms.BaseForm",
        "django.forms.BaseModelForm",
        "django.forms.Form",
        "django.forms.ModelForm",
        "django.forms.forms.Form",
        "django.forms.models.ModelForm",
    }
)

INSTANCE_METHODS = frozenset(
    {
        "aget",
        "afirst",
        "create",
        "acreate",
        "earliest",
        "first",
        "get",
        "get_by_natural_key",
        "last",
        "latest",
    }
)
"""Manager and queryset methods that give one instance."""

PAIR_METHODS = frozenset({"aget_or_create", "aupdate_or_create", "get_or_create", "update_or_create"})

QUERYSET_METHODS = frozenset(
    {
        "all",
        "alias",
        "annotate",
        "complex_filter",
        "defer",
        "difference",
        "distinct",
        "exclude",
        "filter",
        "get_queryset",
        "intersection",
        "none",
        "only",
        "order_by",
        "prefetch_related",
        "reverse",
        "select_for_update",
        "select_related",
        "union",
        "using",
    }
)

VALUES_METHODS = frozenset({"dates", "datetimes", "values", "values_list"})

WRITE_METHODS = frozenset(
    {
        "acreate",
        "asave",
        "abulk_create",
        "abulk_update",
        "adelete",
        "aget_or_create",
        "aupdate_or_create",
        "bulk_create",
        "bulk_update",
        "create",
        "delete",
        "get_or_create",
        "save",
        "update_or_create",
    }
)
"""Names of methods that write rows, on an instance, a manager or a queryset (`update` only on these two)."""

IMMEDIATE = frozenset(
    {
        "builtins.all",
        "builtins.any",
        "builtins.filter",
        "builtins.list",
        "builtins.map",
        "builtins.max",
        "builtins.min",
        "builtins.sorted",
        "builtins.sum",
        "builtins.tuple",
        "functools.reduce",
    }
)
"""Functions that call what they are given before they return (or whose result is consumed where it stands)."""
