"""Addresses of results, hours and costs."""

from django.urls import path

from dialoog.measurement.views import costs, hours, results

app_name = "measurement"
urlpatterns = [
    path("o/<slug:slug>/resultaten/", results.results, name="results"),
    path("o/<slug:slug>/resultaten/meten/", results.measure_now, name="measure-now"),
    path("o/<slug:slug>/resultaten/doel/<int:goal_id>/", results.goal, name="goal"),
    path("o/<slug:slug>/resultaten/uren/", hours.hours, name="hours"),
    path("o/<slug:slug>/resultaten/uren/<int:hours_id>/", hours.hours_line, name="hours-line"),
    path("o/<slug:slug>/resultaten/uren/<int:hours_id>/weg/", hours.hours_remove, name="hours-remove"),
    path("o/<slug:slug>/resultaten/kosten/", costs.books, name="books"),
    path("o/<slug:slug>/resultaten/kosten/nieuw/", costs.cost_new, name="cost-new"),
    path("o/<slug:slug>/resultaten/kosten/<int:cost_id>/stop/", costs.cost_end, name="cost-end"),
    path("o/<slug:slug>/resultaten/kosten/<int:cost_id>/weg/", costs.cost_remove, name="cost-remove"),
    path("o/<slug:slug>/resultaten/tarief/", costs.rate_new, name="rate-new"),
    path("o/<slug:slug>/resultaten/tarief/<int:rate_id>/weg/", costs.rate_remove, name="rate-remove"),
    path("o/<slug:slug>/resultaten/normen/", costs.norm_edit, name="norms"),
]
