from django.views import View

from shop import clients, helpers, tasks
from shop.models import Order


class Pay(View):
    async def get(self, request, order_pk):
        clients.fetch_by_hand(order_pk)  # CLT306
        helpers.order_of(order_pk)  # CLT306
        await Order.objects.aget(pk=order_pk)

    def post(self, request, order_pk):
        tasks.write_well(order_pk)  # CLT316
        clients.fetch_by_hand(order_pk)
        clients.cool_down_by_hand()

    def put(self, request, order_pk, now=False):
        if now:
            tasks.write_well(order_pk)
        else:
            tasks.write_well.delay(order_pk)
