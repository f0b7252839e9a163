"""`mingdan manage run_retention`: erase what is over, from a schedule of the machine's own."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mingdan.platform.retention.running import run_retention


class Command(BaseCommand):
    help = "Erase what need not be kept any longer; print what each rule erased."

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out every rule."""
        for rule, erased in run_retention(timezone.now()).items():
            self.stdout.write(f"{rule}: {erased.count} erased, {erased.held} kept by a legal hold")
