from django.db import models


class Order(models.Model):
    note = models.CharField(max_length=50, default="")
    paid = models.BooleanField(default=False)

    class Meta:
        app_label = "shop"
