"""Addresses of the first page and of Vandaag."""

from django.urls import path

from dialoog.home import views

app_name = "home"
urlpatterns = [
    path("", views.start, name="start"),
    path("mijn-account/", views.account, name="account"),
    path("o/<slug:slug>/", views.today, name="today"),
]
