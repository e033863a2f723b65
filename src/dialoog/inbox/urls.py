"""Addresses of the inbox."""

from django.urls import path

from dialoog.inbox import views

app_name = "inbox"
_ONE = "o/<slug:slug>/inbox/<int:conversation_id>/"
urlpatterns = [
    path("o/<slug:slug>/inbox/", views.inbox, name="inbox"),
    path("o/<slug:slug>/inbox/ophalen/", views.fetch_now, name="fetch"),
    path("o/<slug:slug>/inbox/gelezen/", views.all_read, name="all-read"),
    path(_ONE, views.conversation, name="conversation"),
    path(f"{_ONE}controle/", views.check, name="check"),
    path(f"{_ONE}antwoord/<int:delivery_id>/akkoord/", views.decide, name="decide"),
    path(f"{_ONE}antwoord/<int:delivery_id>/intrekken/", views.withdraw, name="withdraw"),
    path(f"{_ONE}notitie/", views.note, name="note"),
    path(f"{_ONE}nemen/", views.take, name="take"),
    path(f"{_ONE}overdragen/", views.hand_over, name="hand-over"),
    path(f"{_ONE}klaar/", views.done, name="done"),
    path(f"{_ONE}open/", views.reopen, name="reopen"),
]
