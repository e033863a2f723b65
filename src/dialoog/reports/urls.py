"""Addresses of the report."""

from django.urls import path

from dialoog.reports import views

app_name = "reports"
urlpatterns = [
    path("o/<slug:slug>/rapport/", views.report, name="report"),
    path("o/<slug:slug>/rapport/pdf/", views.report_pdf, name="pdf"),
]
