from django.views import View

from shop.attempts import wait_for, wait_in_request
from shop.automatic import until_it_expires


class Pay(View):
    def post(self, request, order_pk):
        wait_for(order_pk)
        wait_in_request(order_pk)
        until_it_expires.apply_async((order_pk,), expires=900)
