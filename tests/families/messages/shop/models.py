from django.db import models


class Level(models.IntegerChoices):
    LOW = 1, "Low"
    HIGH = 2, "High"


class OrderQuerySet(models.QuerySet):
    def late(self):
        return self.filter(late=True)


class Order(models.Model):
    late = models.BooleanField(default=False)
    state = models.CharField(max_length=20)
    number = models.UUIDField()
    letter = models.FileField()

    objects = OrderQuerySet.as_manager()


class Account(models.Model):
    api_key = models.CharField(max_length=40)
