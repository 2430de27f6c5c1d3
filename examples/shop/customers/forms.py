from django import forms

from customers.models import Customer


class SignUpForm(forms.Form):
    name = forms.CharField(max_length=200)
    email = forms.EmailField()


class NewsletterForm(forms.ModelForm):
    class Meta:
        model = Customer
        fields = ["newsletter"]
