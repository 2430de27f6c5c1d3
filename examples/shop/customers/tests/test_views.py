from django.contrib.auth import get_user_model
from django.core import mail
from django.urls import reverse

from customers.models import Customer
from orders.tests.base import ShopTestCase


class SignUpTest(ShopTestCase):
    def test_new_customer_is_welcomed(self):
        response = self.client.post(reverse("sign-up"), {"name": "Ada", "email": "ada@example.com"})
        self.assertEqual(response.status_code, 201)
        self.assertEqual([message.to for message in mail.outbox], [["ada@example.com"]])

    def test_known_customer_is_not(self):
        Customer.objects.create(name="Ada", email="ada@example.com")
        mail.outbox.clear()
        response = self.client.post(reverse("sign-up"), {"name": "Ada", "email": "ada@example.com"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(mail.outbox, [])

    def test_email_is_needed(self):
        response = self.client.post(reverse("sign-up"), {"name": "Ada"})
        self.assertEqual(response.status_code, 400)


class NewsletterTest(ShopTestCase):
    def test_subscribe(self):
        user = get_user_model().objects.create_user("ada")
        customer = Customer.objects.create(user=user, name="Ada", email="ada@example.com")
        self.client.force_login(user)
        response = self.client.post(reverse("newsletter"), {"newsletter": "on"})
        self.assertEqual(response.json(), {"newsletter": True})
        customer.refresh_from_db()
        self.assertEqual(customer.crm_revision, 1)
