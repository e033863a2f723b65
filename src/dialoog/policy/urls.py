"""The addresses of policy."""

from django.urls import path

from dialoog.policy.views import rules, versions

app_name = "policy"
_RULE = "o/<slug:slug>/beleid/regels/<int:rule_id>/"
urlpatterns = [
    path("o/<slug:slug>/beleid/", rules.policy, name="policy"),
    path("o/<slug:slug>/beleid/starten/", versions.start, name="start"),
    path("o/<slug:slug>/beleid/regels/nieuw/", rules.rule_new, name="rule-new"),
    path(_RULE, rules.rule, name="rule"),
    path(f"{_RULE}verplaatsen/", rules.rule_move, name="rule-move"),
    path(f"{_RULE}aan/", rules.rule_on, name="rule-on"),
    path(f"{_RULE}uit/", rules.rule_off, name="rule-off"),
    path(f"{_RULE}verwijderen/", rules.rule_remove, name="rule-remove"),
    path(f"{_RULE}terugzetten/", rules.rule_put_back, name="rule-put-back"),
    path("o/<slug:slug>/beleid/handboek/", versions.handbook, name="handbook"),
    path("o/<slug:slug>/beleid/handboek/akkoord/", versions.accept, name="accept"),
    path("o/<slug:slug>/beleid/versies/", versions.version_list, name="versions"),
    path("o/<slug:slug>/beleid/versies/nieuw/", versions.version_new, name="version-new"),
    path("o/<slug:slug>/beleid/versies/<int:number>/", versions.version, name="version"),
    path("o/<slug:slug>/beleid/gelezen/", versions.readers, name="readers"),
]
