"""Addresses of learning."""

from django.urls import path

from dialoog.learning import views

app_name = "learning"
urlpatterns = [
    path("o/<slug:slug>/leren/", views.learning, name="learning"),
    path("o/<slug:slug>/leren/nieuw/", views.conclusion_new, name="conclusion-new"),
    path("o/<slug:slug>/leren/<int:conclusion_id>/", views.conclusion, name="conclusion"),
    path("o/<slug:slug>/leren/<int:conclusion_id>/later/", views.conclusion_later, name="conclusion-later"),
    path("o/<slug:slug>/leren/<int:conclusion_id>/open/", views.conclusion_reopen, name="conclusion-reopen"),
]
