from django.urls import path

from mingdan.pillars.policy.views import own_data, register, requests, texts

app_name = "policy"
urlpatterns = [
    path("policies/", texts.policies, name="policies"),
    path("policies/add/", texts.add_text, name="add_text"),
    path("policies/<int:pk>/draft/", texts.draft, name="draft"),
    path("policies/versions/<int:pk>/", texts.version, name="version"),
    path("policies/versions/<int:pk>/receive/", texts.receive, name="receive"),
    path("policies/versions/<int:pk>/consult/", texts.consult, name="consult"),
    path("policies/versions/<int:pk>/publish/", texts.publish, name="publish"),
    path("policies/versions/<int:pk>/receipts/", texts.receipts, name="receipts"),
    path("notice/", register.notice, name="notice"),
    path("register/", register.columns, name="register"),
    path("holds/", register.holds, name="holds"),
    path("holds/<int:pk>/release/", register.release, name="release_hold"),
    path("my-data/", own_data.own_data, name="own_data"),
    path("my-data/copy/", own_data.copy, name="own_data_copy"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<int:pk>/", requests.request_page, name="request"),
    path("requests/<int:pk>/answer/", requests.answer, name="answer"),
    path("requests/<int:pk>/release/", requests.release, name="release"),
]
