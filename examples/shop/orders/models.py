from django.db import models
from django.utils import timezone

from customers.models import Customer


class Product(models.Model):
    sku = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    price = models.DecimalField(max_digits=10, decimal_places=2)
    stock = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["sku"]

    def __str__(self):
        return self.name


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new"
        PAID = "paid"
        SHIPPED = "shipped"
        CANCELLED = "cancelled"

    number = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, related_name="orders", on_delete=models.PROTECT)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    placed_at = models.DateTimeField(default=timezone.now)
    invoice_number = models.CharField(max_length=20, blank=True)
    tracking_code = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-placed_at"]

    def __str__(self):
        return self.number

    @property
    def total(self):
        return sum(line.price * line.quantity for line in self.lines.all())

    def cancel(self):
        """Cancel the order and stop the warehouse from packing it."""
        from orders.tasks import notify_warehouse

        self.status = self.Status.CANCELLED
        self.save(update_fields=["status"])
        notify_warehouse.delay(self.pk)


class OrderLine(models.Model):
    order = models.ForeignKey(Order, related_name="lines", on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField()
    price = models.DecimalField(max_digits=10, decimal_places=2)


class StockAlert(models.Model):
    """Somebody wants to know when a product is back."""

    product = models.ForeignKey(Product, related_name="alerts", on_delete=models.CASCADE)
    email = models.EmailField()
