"""Addresses of the newsroom: public ones under nieuws/, its settings inside the organisation."""

from django.urls import path, re_path

from dialoog.newsroom.views import news, settings

app_name = "newsroom"
urlpatterns = [
    path("nieuws/<slug:newsroom>/", news.news, name="news"),
    path("nieuws/<slug:newsroom>/feed.xml", news.rss_feed, name="rss"),
    path("nieuws/<slug:newsroom>/feed.json", news.json_news, name="json"),
    path("nieuws/<slug:newsroom>/widget/", news.widget, name="widget"),
    path("nieuws/<slug:newsroom>/widget.js", news.script, name="script"),
    path("nieuws/<slug:newsroom>/<int:item_id>/", news.item, name="item"),
    re_path(
        r"^nieuws/(?P<newsroom>[-a-zA-Z0-9_]+)/(?P<item_id>[0-9]{1,18})/(?P<name>[0-9a-f]{64}\.(?:jpg|png|webp|gif))$",
        news.image,
        name="image",
    ),
    path("o/<slug:slug>/newsroom/", settings.settings, name="settings"),
    path("o/<slug:slug>/newsroom/wijzigen/", settings.change, name="change"),
]
