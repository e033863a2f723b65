"""Addresses of the strategy."""

from django.urls import path

from dialoog.strategy import views

app_name = "strategy"
_HERE = "o/<slug:slug>/strategie/"
urlpatterns = [
    path(_HERE, views.plan, name="plan"),
    path(f"{_HERE}doelen/nieuw/", views.goal_new, name="goal-new"),
    path(f"{_HERE}doelen/<int:goal_id>/", views.goal, name="goal"),
    path(f"{_HERE}doelen/<int:goal_id>/wijzigen/", views.goal_edit, name="goal-edit"),
    path(f"{_HERE}doelen/<int:goal_id>/sluiten/", views.goal_close, name="goal-close"),
    path(f"{_HERE}doelen/<int:goal_id>/heropenen/", views.goal_reopen, name="goal-reopen"),
    path(f"{_HERE}organisatiedoelen/nieuw/", views.strategic_new, name="strategic-new"),
    path(f"{_HERE}organisatiedoelen/<int:strategic_id>/", views.strategic_edit, name="strategic-edit"),
    path(
        f"{_HERE}organisatiedoelen/<int:strategic_id>/einde/", views.strategic_remove, name="strategic-remove"
    ),
    path(
        f"{_HERE}organisatiedoelen/<int:strategic_id>/hervatten/",
        views.strategic_resume,
        name="strategic-resume",
    ),
]
