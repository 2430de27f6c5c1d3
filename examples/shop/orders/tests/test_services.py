from datetime import timedelta
from decimal import Decimal

from django.core import mail
from django.utils import timezone

from customers.models import Customer
from orders import services
from orders.models import Order, Product
from orders.tasks import cancel_unpaid_orders
from orders.tests.base import ShopTestCase


class ServicesTest(ShopTestCase):
    def setUp(self):
        self.customer = Customer.objects.create(name="Ada", email="ada@example.com")
        self.tea = Product.objects.create(sku="tea", name="Tea", price=Decimal("4.50"), stock=3)
        mail.outbox.clear()

    def subjects(self):
        return [message.subject for message in mail.outbox]

    def test_place_order(self):
        order = services.place_order(self.customer, {"tea": 2})
        self.tea.refresh_from_db()
        self.assertEqual(order.total, Decimal("9.00"))
        self.assertEqual(self.tea.stock, 1)
        self.assertEqual(self.subjects(), [f"Order {order.number}"])

    def test_out_of_stock(self):
        with self.assertRaises(services.OutOfStock):
            services.place_order(self.customer, {"tea": 4})
        self.assertFalse(Order.objects.exists())
        self.assertEqual(self.subjects(), [])

    def test_pay_order(self):
        order = services.place_order(self.customer, {"tea": 1})
        with self.captureOnCommitCallbacks(execute=True):
            services.pay_order(order)
        order.refresh_from_db()
        self.assertEqual(order.status, Order.Status.PAID)
        self.assertEqual(order.invoice_number, f"R-{order.number}")
        self.assertIn(f"Receipt for {order.number}", self.subjects())

    def test_refund_order(self):
        order = services.place_order(self.customer, {"tea": 2})
        services.refund_order(order)
        self.tea.refresh_from_db()
        self.assertEqual(order.status, Order.Status.CANCELLED)
        self.assertEqual(self.tea.stock, 3)
        self.assertIn(f"Order {order.number}: cancelled", self.subjects())

    def test_ship_orders(self):
        order = Order.objects.create(customer=self.customer, number="1", status=Order.Status.PAID)
        with self.captureOnCommitCallbacks(execute=True):
            services.ship_orders({"1": "DHL 1"})
        order.refresh_from_db()
        self.assertEqual(order.tracking_code, "DHL 1")
        self.assertEqual(self.subjects(), ["Order 1 is on its way"])

    def test_cancel_unpaid_orders(self):
        Order.objects.create(customer=self.customer, number="new")
        Order.objects.create(customer=self.customer, number="old", placed_at=timezone.now() - timedelta(days=20))
        cancel_unpaid_orders.delay()
        cancelled = Order.objects.filter(status=Order.Status.CANCELLED)
        self.assertEqual([order.number for order in cancelled], ["old"])
        self.assertEqual(self.subjects(), ["Order old: cancelled"])

    def test_rename_product(self):
        order = services.place_order(self.customer, {"tea": 1})
        with self.captureOnCommitCallbacks(execute=True):
            services.rename_product(self.tea, "Green tea")
        self.assertIn(f"Order {order.number}: new", self.subjects())
