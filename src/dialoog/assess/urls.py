"""Addresses of the growth scan."""

from django.urls import path

from dialoog.assess.views import by_link, colleagues

app_name = "assess"
_HERE = "o/<slug:slug>/groeiscan/"
urlpatterns = [
    path(_HERE, colleagues.scan, name="scan"),
    path(f"{_HERE}ronde/", colleagues.scan_open, name="open"),
    path(f"{_HERE}ronde/sluiten/", colleagues.scan_close, name="close"),
    path(f"{_HERE}vraag/<int:number>/", colleagues.question, name="question"),
    path(f"{_HERE}controle/", colleagues.check, name="check"),
    path(f"{_HERE}uitnodigen/", colleagues.invite, name="invite"),
    path(f"{_HERE}uitnodigen/links/", colleagues.links, name="links"),
    path(f"{_HERE}uitnodigen/<int:invitation_id>/intrekken/", colleagues.link_withdraw, name="link-withdraw"),
    path("scan/<str:token>/", by_link.welcome, name="by-link"),
    path("scan/<str:token>/vraag/<int:number>/", by_link.question, name="by-link-question"),
    path("scan/<str:token>/controle/", by_link.check, name="by-link-check"),
    path("scan/<str:token>/klaar/", by_link.thanks, name="by-link-thanks"),
]
