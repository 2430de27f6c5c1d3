from django.test import TestCase, override_settings


@override_settings(CELERY_TASK_ALWAYS_EAGER=True, CELERY_TASK_EAGER_PROPAGATES=True)
class ShopTestCase(TestCase):
    """A test whose tasks run at once, in this process."""
