"""Addresses of posts, the calendar and consent."""

from django.urls import path

from dialoog.publishing.views import approvals, calendar, compose, deliveries, posts

app_name = "publishing"
_POST = "o/<slug:slug>/berichten/<int:post_id>/"
_DELIVERY = "o/<slug:slug>/afleveringen/<int:delivery_id>/"

urlpatterns = [
    path("o/<slug:slug>/kalender/", calendar.calendar, name="calendar"),
    path("o/<slug:slug>/berichten/nieuw/", compose.post_new, name="post-new"),
    path(_POST, posts.post, name="post"),
    path(f"{_POST}wijzigen/", compose.post_edit, name="post-edit"),
    path(f"{_POST}verplaatsen/", posts.post_move, name="post-move"),
    path(f"{_POST}terugtrekken/", posts.post_withdraw, name="post-withdraw"),
    path(f"{_POST}nu/", posts.post_now, name="post-now"),
    path(f"{_POST}akkoord-vragen/", posts.post_ask, name="post-ask"),
    path(f"{_POST}kopie/", posts.post_copy, name="post-copy"),
    path(f"{_POST}verwijderen/", posts.post_remove, name="post-remove"),
    path(f"{_POST}ongedaan/<str:token>/", posts.post_undo, name="post-undo"),
    path(_DELIVERY, deliveries.delivery, name="delivery"),
    path(f"{_DELIVERY}opnieuw/", deliveries.delivery_retry, name="delivery-retry"),
    path(f"{_DELIVERY}besluit/", deliveries.delivery_settle, name="delivery-settle"),
    path(f"{_DELIVERY}zelf/", deliveries.delivery_by_hand, name="delivery-by-hand"),
    path(f"{_DELIVERY}weghalen/", deliveries.delivery_remove, name="delivery-remove"),
    path("o/<slug:slug>/akkoord/", approvals.approvals, name="approvals"),
    path("o/<slug:slug>/akkoord/<int:post_id>/", approvals.approval, name="approval"),
    path("o/<slug:slug>/beelden/<int:media_id>/", posts.image, name="image"),
    path("o/<slug:slug>/beelden/<int:media_id>/klein/", posts.image_small, name="image-small"),
]
