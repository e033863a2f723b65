"""Addresses of people, settings, the log and invitations."""

from django.urls import path

from dialoog.organisations.views import joining, people, settings

app_name = "organisations"
_PEOPLE = "o/<slug:slug>/mensen/"
urlpatterns = [
    path("uitnodiging/<str:token>/", joining.join, name="join"),
    path(_PEOPLE, people.people, name="people"),
    path(f"{_PEOPLE}uitnodigen/", people.invite, name="invite"),
    path(
        f"{_PEOPLE}uitnodigingen/<int:invitation_id>/intrekken/",
        people.invitation_withdraw,
        name="invitation-withdraw",
    ),
    path(f"{_PEOPLE}afdelingen/", people.department_new, name="department-new"),
    path(f"{_PEOPLE}afdelingen/<int:department_id>/weg/", people.department_remove, name="department-remove"),
    path(f"{_PEOPLE}<int:member_id>/", people.person, name="person"),
    path(f"{_PEOPLE}<int:member_id>/weg/", people.person_leave, name="person-leave"),
    path(f"{_PEOPLE}<int:member_id>/terug/", people.person_return, name="person-return"),
    path(f"{_PEOPLE}<int:member_id>/wachtwoord/", people.person_password, name="person-password"),
    path(f"{_PEOPLE}<int:member_id>/apparaten/weg/", people.person_devices, name="person-devices"),
    path("o/<slug:slug>/instellingen/", settings.settings, name="settings"),
    path("o/<slug:slug>/instellingen/openingstijden/", settings.opening_hours, name="hours"),
    path("o/<slug:slug>/logboek/", settings.log, name="log"),
]
