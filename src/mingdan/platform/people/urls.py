from django.urls import path

from mingdan.platform.people.views import accounts, employees, imports, organisation

app_name = "people"
urlpatterns = [
    path("people/", employees.employees, name="employees"),
    path("people/add/", employees.add_employee, name="add_employee"),
    path("people/import/", imports.import_employees, name="import_employees"),
    path("people/import/<int:pk>/", imports.import_preview, name="import_preview"),
    path("people/<int:pk>/", employees.employee, name="employee"),
    path("people/<int:pk>/change/", employees.change_employee, name="change_employee"),
    path("people/<int:pk>/move/", employees.move_employee, name="move_employee"),
    path("teams/", organisation.teams, name="teams"),
    path("teams/add/", organisation.add_team, name="add_team"),
    path("calendar/", organisation.calendar, name="calendar"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/add/", accounts.add_account, name="add_account"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/grant/", accounts.grant, name="grant"),
    path("accounts/<int:pk>/revoke/", accounts.revoke, name="revoke"),
    path("accounts/<int:pk>/close/", accounts.close, name="close"),
    path("rights/", accounts.rights, name="rights"),
]
