from django import forms

from customers.models import Customer


class OrderForm(forms.Form):
    customer = forms.ModelChoiceField(Customer.objects.all())
    sku = forms.CharField(max_length=20)
    quantity = forms.IntegerField(min_value=1)


class DeliveryForm(forms.Form):
    quantity = forms.IntegerField(min_value=1)
