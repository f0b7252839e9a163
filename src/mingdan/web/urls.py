"""Every address of the application."""

from django.urls import include, path

from mingdan.web import tokens, views
from mingdan.web.api import api, nothing_here

urlpatterns = [
    path("", views.home, name="home"),
    path("choose/", views.choose, name="choose"),
    path("readyz", views.readyz, name="readyz"),
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke_token, name="revoke_token"),
    path("api/v1/", api.urls),
    path("api/<path:rest>", nothing_here, name="api_nothing_here"),
    path("", include("mingdan.platform.people.urls")),
    path("", include("mingdan.platform.files.urls")),
    path("", include("mingdan.pillars.policy.urls")),
    path("", include("mingdan.platform.operations.urls")),
    path("account/", include("allauth.urls")),
]
