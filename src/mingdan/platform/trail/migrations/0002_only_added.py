"""From now on the database itself refuses to change or delete what the audit trail holds."""

from django.db import migrations

from mingdan.platform.trail.protection import protect, unprotect


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunPython(protect, unprotect)]
