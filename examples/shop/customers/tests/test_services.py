from customers.models import Customer
from customers.services import change_email, merge_customers
from orders.models import Order
from orders.tests.base import ShopTestCase


class ChangeEmailTest(ShopTestCase):
    def test_crm_is_told_after_the_commit(self):
        customer = Customer.objects.create(name="Ada", email="ada@example.com")
        with self.captureOnCommitCallbacks(execute=True):
            change_email(customer, "lovelace@example.com")
        customer.refresh_from_db()
        self.assertEqual(customer.email, "lovelace@example.com")
        self.assertEqual(customer.crm_revision, 1)


class MergeCustomersTest(ShopTestCase):
    def test_orders_move(self):
        keep = Customer.objects.create(name="Ada", email="ada@example.com")
        duplicate = Customer.objects.create(name="Ada L.", email="ada.l@example.com", newsletter=True)
        order = Order.objects.create(customer=duplicate, number="1")
        merge_customers(keep, duplicate)
        order.refresh_from_db()
        keep.refresh_from_db()
        self.assertEqual(order.customer, keep)
        self.assertTrue(keep.newsletter)
        self.assertEqual(keep.crm_revision, 1)
