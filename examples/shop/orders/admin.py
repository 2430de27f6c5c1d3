from django.contrib import admin

from orders.models import Order, OrderLine, Product
from orders.tasks import notify_waiting_customers, notify_warehouse, send_order_confirmation


class OrderLineInline(admin.TabularInline):
    model = OrderLine
    extra = 0


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["number", "customer", "status", "placed_at"]
    list_filter = ["status"]
    inlines = [OrderLineInline]
    actions = ["resend_confirmation"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "status" in form.changed_data:
            notify_warehouse.delay(obj.pk)

    @admin.action(description="Send the confirmation again")
    def resend_confirmation(self, request, queryset):
        for order_id in queryset.values_list("pk", flat=True):
            send_order_confirmation.delay(order_id)


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["sku", "name", "price", "stock"]
    search_fields = ["sku", "name"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        if "stock" in form.changed_data and obj.stock:
            notify_waiting_customers.delay_on_commit(obj.pk)
