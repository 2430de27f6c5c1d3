from django.conf import settings
from django.db import models


class Customer(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, null=True, blank=True, related_name="customer", on_delete=models.SET_NULL
    )
    name = models.CharField(max_length=200)
    email = models.EmailField(unique=True)
    newsletter = models.BooleanField(default=False)
    crm_revision = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name
