"""Every address of the application."""

from django.urls import include, path

from mingdan.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("choose/", views.choose, name="choose"),
    path("readyz", views.readyz, name="readyz"),
    path("healthz", views.healthz, name="healthz"),
    path("", include("mingdan.platform.people.urls")),
    path("", include("mingdan.platform.operations.urls")),
    path("account/", include("allauth.urls")),
]
