from django.contrib import admin

from customers.models import Customer
from customers.tasks import sync_to_crm
from proj.queue import enqueue


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "email", "newsletter"]
    search_fields = ["name", "email"]
    actions = ["sync"]

    @admin.action(description="Sync with the CRM")
    def sync(self, request, queryset):
        for customer_id in queryset.values_list("pk", flat=True):
            enqueue(sync_to_crm, customer_id, priority="low")
