from decimal import Decimal

from django.contrib.auth import get_user_model
from django.core import mail
from django.urls import reverse

from customers.models import Customer
from orders.models import Order, Product, StockAlert
from orders.tests.base import ShopTestCase


class ViewsTest(ShopTestCase):
    def setUp(self):
        self.customer = Customer.objects.create(name="Ada", email="ada@example.com")
        self.tea = Product.objects.create(sku="tea", name="Tea", price=Decimal("4.50"), stock=0)
        self.staff = get_user_model().objects.create_superuser("grace", password="hopper")
        mail.outbox.clear()

    def test_place_and_pay(self):
        Product.objects.update(stock=5)
        response = self.client.post(
            reverse("place-order"), {"customer": self.customer.pk, "sku": "tea", "quantity": 2}
        )
        self.assertEqual(response.status_code, 201)
        response = self.client.post(reverse("pay", args=[response.json()["number"]]))
        self.assertEqual(response.json(), {"status": "paid"})

    def test_out_of_stock(self):
        response = self.client.post(
            reverse("place-order"), {"customer": self.customer.pk, "sku": "tea", "quantity": 2}
        )
        self.assertEqual(response.status_code, 409)

    def test_delivery_is_announced(self):
        StockAlert.objects.create(product=self.tea, email="joan@example.com")
        self.client.force_login(self.staff)
        response = self.client.post(reverse("receive-delivery", args=["tea"]), {"quantity": 12})
        self.assertEqual(response.json(), {"stock": 12})
        self.assertEqual([message.to for message in mail.outbox], [["joan@example.com"]])

    def test_refund_is_for_staff(self):
        Order.objects.create(customer=self.customer, number="1", status=Order.Status.PAID)
        response = self.client.post(reverse("refund", args=["1"]))
        self.assertEqual(response.status_code, 302)
        self.client.force_login(self.staff)
        response = self.client.post(reverse("refund", args=["1"]))
        self.assertEqual(response.json(), {"status": "cancelled"})
