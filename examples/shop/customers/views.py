from django.contrib.auth.decorators import login_required
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from customers.forms import NewsletterForm, SignUpForm
from customers.models import Customer
from customers.tasks import export_customer_data, sync_to_crm


@require_POST
def sign_up(request):
    form = SignUpForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    customer, created = Customer.objects.get_or_create(
        email=form.cleaned_data["email"], defaults={"name": form.cleaned_data["name"]}
    )
    return JsonResponse({"customer": customer.pk}, status=201 if created else 200)


@require_POST
@login_required
def newsletter(request):
    customer = get_object_or_404(Customer, user=request.user)
    form = NewsletterForm(request.POST, instance=customer)
    if not form.is_valid():
        return JsonResponse(form.errors, status=400)
    form.save()
    sync_to_crm.delay(customer.pk)
    return JsonResponse({"newsletter": customer.newsletter})


@require_POST
@login_required
def export_data(request):
    customer = get_object_or_404(Customer, user=request.user)
    export_customer_data.delay(customer)
    return JsonResponse({"sent_to": customer.email}, status=202)
